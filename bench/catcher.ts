/**
 * How fast the catcher takes mail and whether its memory stays flat: `node --import tsx bench/catcher.ts [MAILS]`.
 * The client is Postfix's smtp-source (10 KB mails, 4 kept connections), the peer its smtp-sink, which keeps nothing. All on
 * the same cores, as on a developer's machine. The server runs in a process of its own and tells its memory as it goes.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's package postfix; system folders are not on everybody's PATH. */
const programs = { source: "smtp-source", sink: "smtp-sink" };
const environment = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin` };

const mailBytes = 10_000;
const connections = 4;
const keptMax = 2_000;
/** The issue asks for this many mails a second on two cores. */
const wantedPerSecond = 600;

export interface CatcherRow {
  readonly server: string;
  readonly mailsPerSecond: number;
  /** Of the server's process, microseconds a mail; `null` for the peer. */
  readonly cpuMicroseconds: number | null;
  /** Resident memory in MB after a quarter of the mails, and at the end. */
  readonly rssMbEarly: number | null;
  readonly rssMbLate: number | null;
}

export interface CatcherResult {
  readonly rows: readonly CatcherRow[];
  readonly mails: number;
  readonly mailBytes: number;
  readonly connections: number;
  readonly kept: number;
  readonly wantedPerSecond: number;
}

export async function run(mails = 20_000): Promise<CatcherResult> {
  const folder = await mkdtemp(join(tmpdir(), "broadsheet-bench-catcher-"));
  try {
    const rows = [
      await measureCatcher("catcher, in memory", mails, {}),
      await measureCatcher("catcher, on disk", mails, { onDisk: folder }),
      await measureCatcher("catcher, with an inbox open", mails, { pages: true }),
      await measureSink(mails),
    ];
    return { rows, mails, mailBytes, connections, kept: keptMax, wantedPerSecond };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureCatcher(
  name: string,
  mails: number,
  options: { onDisk?: string; pages?: boolean },
): Promise<CatcherRow> {
  const given = JSON.stringify({ ...options, keptMax });
  const server = fork(join(import.meta.dirname, "catcher-server.ts"), [given], { execArgv: ["--import", "tsx"] });
  const started = (await once(server, "message"))[0] as { port: number; web: number };
  const watching = new AbortController();
  if (options.pages) void follow(started.web, watching.signal);
  let early = 0;
  server.on("message", (state: { taken: number; rssMb: number }) => {
    if (early === 0 && state.taken >= mails / 4) early = state.rssMb;
  });
  const seconds = await send(started.port, mails);
  const { taken, rssMb, cpuMicroseconds } = await ask(server);
  watching.abort();
  server.kill();
  await once(server, "exit");
  if (taken !== mails) throw new Error(`${name} took ${taken} of ${mails} mails`);
  return {
    server: name,
    mailsPerSecond: Math.round(mails / seconds),
    cpuMicroseconds: Math.round(cpuMicroseconds / mails),
    rssMbEarly: early,
    rssMbLate: rssMb,
  };
}

async function ask(server: ChildProcess): Promise<{ taken: number; rssMb: number; cpuMicroseconds: number }> {
  server.removeAllListeners("message");
  server.send("state");
  return (await once(server, "message"))[0] as { taken: number; rssMb: number; cpuMicroseconds: number };
}

async function measureSink(mails: number): Promise<CatcherRow> {
  const port = await findFreePort();
  const sink = spawn(programs.sink, ["-u", "nobody", "-c", `127.0.0.1:${port}`, "1000"], {
    stdio: "ignore",
    env: environment,
  });
  await new Promise((resolve) => setTimeout(resolve, 500)); // it says nothing when it listens
  const seconds = await send(port, mails);
  sink.kill();
  await once(sink, "exit");
  return {
    server: "smtp-sink (keeps nothing)",
    mailsPerSecond: Math.round(mails / seconds),
    cpuMicroseconds: null,
    rssMbEarly: null,
    rssMbLate: null,
  };
}

async function send(port: number, mails: number): Promise<number> {
  const options = ["-d", "-s", String(connections), "-m", String(mails), "-l", String(mailBytes)];
  const start = performance.now();
  const source = spawn(
    programs.source,
    [...options, "-f", "a@example.com", "-t", "b@example.org", `127.0.0.1:${port}`],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: environment,
    },
  );
  const [code] = (await once(source, "exit")) as [number];
  if (code !== 0) throw new Error(`smtp-source ended with ${code}`);
  return (performance.now() - start) / 1000;
}

/** What an open page does: it listens, and asks for the list after each event. */
async function follow(port: number, signal: AbortSignal): Promise<void> {
  try {
    const events = await fetch(`http://127.0.0.1:${port}/events`, { signal });
    for await (const _chunk of events.body ?? [])
      await (await fetch(`http://127.0.0.1:${port}/list`, { signal })).text();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

if (process.argv[1] === import.meta.filename) {
  const result = await run(Number(process.argv[2] ?? 20_000));
  console.log(
    `${result.mails} mails of ${mailBytes / 1000} KB, ${connections} connections, ${cpus().length} cores, ${keptMax} kept`,
  );
  console.table(result.rows);
  const slowest = Math.min(...result.rows.map(({ mailsPerSecond }) => mailsPerSecond));
  console.log(
    `${slowest >= wantedPerSecond ? "Every one" : "NOT every one"} takes ${wantedPerSecond} a second or more.`,
  );
  process.exitCode = slowest >= wantedPerSecond ? 0 : 1;
}
