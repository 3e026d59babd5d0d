/**
 * Server time of the console's pages on a large database: `npm run bench -- scale [--subscribers N --deliveries M --json]`.
 * Every page that has a GET is asked in this process, as an admin, twenty times with other ids and words each time.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createPool } from "../src/adapters/postgres/connect.ts";
import { startEmbeddedServer } from "../src/adapters/postgres/embedded-server.ts";
import { migrate } from "../src/adapters/postgres/migrate.ts";
import { acceptInvitation, inviteFirstAdmin } from "../src/app/access/invitations.ts";
import { openSession } from "../src/app/access/sessions.ts";
import { readConfig } from "../src/app/config.ts";
import { createLogger } from "../src/app/log.ts";
import { consoleRoutes, type ConsoleRoute } from "../src/web/console/routes.ts";
import { createWebApp } from "../src/web/web-app.ts";
import { fillScale } from "./fill-scale.ts";

export interface ScaleRow {
  readonly page: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly kilobytes: number;
  readonly status: string;
}

const visits = 20;
const publicUrl = "https://news.example.com";
/** Files and the one walk over the whole log: no pages that somebody turns. */
const notPages: readonly string[] = ["exportDeliveries", "importRejects"];

export async function run(): Promise<{ rows: ScaleRow[]; subscribers: number; deliveries: number }> {
  const { values } = parseArgs({
    options: { subscribers: { type: "string" }, deliveries: { type: "string" } },
    strict: false,
  });
  const scale = {
    subscribers: Number(values["subscribers"] ?? 1_000_000),
    deliveries: Number(values["deliveries"] ?? 5_000_000),
  };
  const folder = mkdtempSync(join(tmpdir(), "broadsheet-bench-scale-"));
  // Not synced, for the filling; what is read afterwards is read alike.
  const settings = { fsync: "off", max_wal_size: "4GB", shared_buffers: "512MB", maintenance_work_mem: "256MB" };
  const server = await startEmbeddedServer({ dataDir: join(folder, "postgres"), log: () => undefined, settings });
  try {
    const filling = createPool(server.url, { max: 1, applicationName: "bench scale", statementMsMax: 0 });
    await migrate(filling);
    const campaigns = await fillScale(filling, scale, (line) => console.error(line));
    await filling.end();
    const pool = createPool(server.url, { max: 10, applicationName: "bench scale" });
    try {
      return { rows: await measurePages(pool, folder, server.url, { ...scale, campaigns }), ...scale };
    } finally {
      await pool.end();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Filled {
  readonly subscribers: number;
  readonly campaigns: readonly number[];
}

async function measurePages(
  pool: ReturnType<typeof createPool>,
  folder: string,
  databaseUrl: string,
  filled: Filled,
): Promise<ScaleRow[]> {
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    PUBLIC_URL: publicUrl,
    SECRET_KEY: "a secret of more than sixteen characters",
    LOG_LEVEL: "silent",
  });
  const app = createWebApp({ config, pool, log: createLogger(config, "bench") });
  const link = (await inviteFirstAdmin(pool, publicUrl)) as string;
  const password = "a few words in a row";
  const account = { address: "admin@example.com", name: "Admin", password };
  const admin = await acceptInvitation(pool, config, link.split("/").at(-1) as string, account);
  await pool.query(
    `INSERT INTO import_runs (list_id, made_by, file_name, bytes, state, counts)
     SELECT id, $1, 'people.csv', 1000, 'done', '{"accepted": 1, "updated": 0, "unchanged": 0, "rejected": 0}' FROM lists`,
    [admin],
  );
  const cookie = `broadsheet_session=${await openSession(pool, admin)}`;
  const rows: ScaleRow[] = [];
  for (const [page, addressOf] of pagesOf(filled)) {
    const times: number[] = [];
    const statuses = new Set<number>();
    let bytes = 0;
    for (let visit = 0; visit < visits; visit++) {
      const begin = performance.now();
      const response = await app.request(addressOf(visit), { headers: { cookie } });
      const body = await response.arrayBuffer();
      times.push(performance.now() - begin);
      statuses.add(response.status);
      bytes = Math.max(bytes, body.byteLength);
    }
    const ordered = times.toSorted((a, b) => a - b);
    const share = (part: number): number => Math.round(ordered[Math.ceil(part * visits) - 1] as number);
    const kilobytes = Math.round(bytes / 100) / 10;
    const status = [...statuses].join(", ");
    rows.push({ page, p50Ms: share(0.5), p95Ms: share(0.95), maxMs: share(1), kilobytes, status });
  }
  return rows.toSorted((a, b) => b.p95Ms - a.p95Ms);
}

/** Each page with the address of a visit; pages that look for something are there once for each way of looking. */
function pagesOf({ subscribers, campaigns }: Filled): [string, (visit: number) => string][] {
  const person = (visit: number): number => 1 + ((visit * 7_919 + 13) % subscribers);
  const campaign = (visit: number): number => campaigns[visit % campaigns.length] as number;
  const searches: [string, (visit: number) => string][] = [
    ["/console/people?q=p", () => "p"],
    ["/console/people?q=person12", (visit) => `person${12 + visit}`],
    ["/console/people?q=person12345@", (visit) => `person${person(visit)}@`],
    ["/console/people?q=@company7.example", (visit) => `@company${7 + visit}.example`],
    ["/console/people?q=@gmail.com", () => "@gmail.com"],
    ["/console/people?q=@nowhere", () => "@nowhere.example"],
  ];
  const routes = Object.entries(consoleRoutes) as [string, ConsoleRoute][];
  return [
    ...routes
      .filter(([name, { method, may }]) => method === "GET" && may !== "anyone" && !notPages.includes(name))
      .map(([, { path }]): [string, (visit: number) => string] => {
        const idOf = path.startsWith("/console/campaigns/")
          ? campaign
          : path.startsWith("/console/imports/")
            ? () => 1
            : person;
        const query = (visit: number) => (path.endsWith("/explain") ? `?person=${person(visit)}` : "");
        return [
          path,
          (visit) =>
            path
              .replace(":id", String(idOf(visit)))
              .replace(":key", "2026-11-product-note.md")
              .replace(":slug", "news") + query(visit),
        ];
      }),
    ...searches.map(([page, query]): [string, (visit: number) => string] => [
      page,
      (visit) => `/console/people?${new URLSearchParams({ q: query(visit) }).toString()}`,
    ]),
  ];
}
