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

const mailBytes = 10_000;
const connections = 4;
const keptMax = 2_000;
/** The issue asks for this many mails a second on two cores. */
const wantedPerSecond = 600;

interface Result {
  readonly name: string;
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
  /** Resident memory in MB after a quarter of the mails, and at the end. */
  readonly early: number;
  readonly late: number;
}

if (process.send) await serve();
else await measure(Number(process.argv[2] ?? 20_000));

async function measure(mails: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "broadsheet-bench-catcher-"));
  try {
    const results = [
      await measureCatcher("catcher, in memory", mails, {}),
      await measureCatcher("catcher, on disk", mails, { onDisk: folder }),
      await measureCatcher("catcher, with an inbox open", mails, { pages: true }),
      await measureSink(mails),
    ];
    console.log(
      `\n${mails} mails of ${mailBytes / 1000} KB, ${connections} connections, ${cpus().length} cores, ${keptMax} kept\n`,
    );
    console.log(
      "| server | mails/s | server CPU, us/mail | RSS after a quarter, MB | RSS at the end, MB |\n|---|---:|---:|---:|---:|",
    );
    for (const { name, perSecond, cpuMicroseconds, early, late } of results) {
      console.log(
        `| ${name} | ${perSecond.toFixed(0)} | ${cpuMicroseconds.toFixed(0)} | ${early || ""} | ${late || ""} |`,
      );
    }
    const slowest = Math.min(...results.map(({ perSecond }) => perSecond));
    console.log(
      `\n${slowest >= wantedPerSecond ? "Every one" : "NOT every one"} takes ${wantedPerSecond} a second or more.`,
    );
    process.exitCode = slowest >= wantedPerSecond ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureCatcher(
  name: string,
  mails: number,
  options: { onDisk?: string; pages?: boolean },
): Promise<Result> {
  const server = fork(new URL(import.meta.url).pathname, [JSON.stringify(options)], { execArgv: ["--import", "tsx"] });
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
  return { name, perSecond: mails / seconds, cpuMicroseconds: cpuMicroseconds / mails, early, late: rssMb };
}

async function ask(server: ChildProcess): Promise<{ taken: number; rssMb: number; cpuMicroseconds: number }> {
  server.removeAllListeners("message");
  server.send("state");
  return (await once(server, "message"))[0] as { taken: number; rssMb: number; cpuMicroseconds: number };
}

async function measureSink(mails: number): Promise<Result> {
  const port = await findFreePort();
  const sink = spawn("smtp-sink", ["-u", "nobody", "-c", `127.0.0.1:${port}`, "1000"], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, 500)); // it says nothing when it listens
  const seconds = await send(port, mails);
  sink.kill();
  await once(sink, "exit");
  return { name: "smtp-sink (keeps nothing)", perSecond: mails / seconds, cpuMicroseconds: 0, early: 0, late: 0 };
}

async function send(port: number, mails: number): Promise<number> {
  const options = ["-d", "-s", String(connections), "-m", String(mails), "-l", String(mailBytes)];
  const start = performance.now();
  const source = spawn("smtp-source", [...options, "-f", "a@example.com", "-t", "b@example.org", `127.0.0.1:${port}`], {
    stdio: ["ignore", "inherit", "inherit"],
  });
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

/** The server's process. */
async function serve(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "{}") as { onDisk?: string; pages?: boolean };
  const { startCatcher } = await import("../src/adapters/catcher/catcher.ts");
  const onDisk = options.onDisk === undefined ? {} : { onDisk: options.onDisk };
  const catcher = await startCatcher({ host: "127.0.0.1", port: 0, limits: { mailsMax: keptMax }, ...onDisk });
  const { store, smtpUrl } = catcher;
  let web = 0;
  if (options.pages) {
    const { serve: serveHttp } = await import("@hono/node-server");
    const { createCatcherApp } = await import("../src/preview/catcher-app.tsx");
    const pages = serveHttp({ fetch: createCatcherApp({ store, smtpUrl }).fetch, port: 0, hostname: "127.0.0.1" });
    await once(pages, "listening");
    web = (pages.address() as AddressInfo).port;
  }
  const before = process.cpuUsage();
  const state = () => {
    const { user, system } = process.cpuUsage(before);
    const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
    return { taken: store.counts().taken, rssMb, cpuMicroseconds: user + system };
  };
  process.on("message", () => process.send?.(state()));
  process.on("disconnect", () => process.exit());
  setInterval(() => process.send?.(state()), 250).unref();
  process.send?.({ port: catcher.port, web });
}
