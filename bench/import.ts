/**
 * How long an import takes: `node --import tsx bench/import.ts [ROWS]`. Makes a file, imports it into an empty database of
 * its own, and again. The limit is 60 s and 250 MB for a million rows on a quiet two-core machine; on a busy one the
 * processor time says more than the clock.
 */
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool } from "../src/adapters/postgres/connect.ts";
import { startEmbeddedServer } from "../src/adapters/postgres/embedded-server.ts";
import { createImportStore } from "../src/adapters/postgres/import.ts";
import { createList } from "../src/adapters/postgres/lists.ts";
import { migrate } from "../src/adapters/postgres/migrate.ts";
import { searchSubscribers } from "../src/adapters/postgres/subscribers.ts";
import { importSubscribers } from "../src/audience/import-subscribers.ts";
import { createErasureKeys } from "../src/domain/erased-address.ts";

const rows = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), "broadsheet-bench-import-"));
const file = join(folder, "people.csv");
await writePeople(file, rows);
const server = await startEmbeddedServer({ dataDir: join(folder, "postgres"), log: () => {} });
const pool = createPool(server.url, { max: 4, applicationName: "bench import" });
try {
  await migrate(pool);
  const list = await createList(pool, { slug: "news", fromAddress: "news@example.com" });
  const postmaster = readPostmaster(join(folder, "postgres"));
  console.log(`${rows} rows, ${(statSync(file).size / 1e6).toFixed(0)} MB`);
  for (const what of ["first import", "the same again"]) {
    const begin = { ms: performance.now(), node: process.cpuUsage(), server: serverSeconds(postmaster) };
    let readMs = 0;
    const result = await importSubscribers(createImportStore(pool), {
      listId: list.id,
      file,
      bytes: createReadStream(file, { highWaterMark: 256 * 1024 }),
      consent: { source: "bench" },
      erasureKeys: createErasureKeys(["a secret of sixteen characters"]),
      onProgress: ({ phase }) => (readMs = phase === "merging" ? performance.now() - begin.ms : 0),
    });
    const used = process.cpuUsage(begin.node);
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    console.log(
      `${what}: ${seconds(performance.now() - begin.ms)} (reading ${seconds(readMs)}), processor: ours ${seconds((used.user + used.system) / 1000)}, ` +
        `server ${(serverSeconds(postmaster) - begin.server).toFixed(1)} s; accepted ${result.accepted}, unchanged ${result.unchanged}`,
    );
  }
  await searchSubscribers(pool, { prefix: "person54321", limit: 20 });
  const begin = performance.now();
  const found = await searchSubscribers(pool, { prefix: "person12345", limit: 20 });
  console.log(`a page of people by prefix: ${(performance.now() - begin).toFixed(1)} ms, ${found.length} found`);
  console.log(`peak memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
} finally {
  await pool.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function writePeople(path: string, count: number): Promise<void> {
  const stream = createWriteStream(path);
  stream.write("email,firstName,lastName,lang,zone,topics,plan,score\n");
  let text = "";
  for (let number = 0; number < count; number++) {
    const lang = ["en", "de", "fr"][number % 3];
    text += `Person${number}@example${number % 1_000}.com,First${number},"Last, ${number}",${lang},Europe/Berlin,ai;news,${number % 2 ? "pro" : "free"},${number % 100}\n`;
    if (text.length < 65_536) continue;
    if (!stream.write(text)) await once(stream, "drain");
    text = "";
  }
  stream.end(text);
  await once(stream, "finish");
}

function readPostmaster(dataDir: string): number {
  return Number(readFileSync(join(dataDir, "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
}

/** Processor time of the server and all its children, those that ended too. Linux only; elsewhere 0. */
function serverSeconds(postmaster: number): number {
  const ticksASecond = 100;
  try {
    const stats = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(statOf)
      .filter((stat) => stat !== null && (stat.pid === postmaster || stat.parent === postmaster));
    return stats.reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) / ticksASecond;
  } catch {
    return 0;
  }
}

function statOf(pid: string): { pid: number; parent: number; ticks: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      ticks: fields.slice(11, 15).reduce((sum, value) => sum + Number(value), 0),
    };
  } catch {
    return null;
  }
}
