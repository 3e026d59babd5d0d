/** Real databases for tests: one PostgreSQL per run, one database per test file, cloned from a migrated template. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Pool } from "pg";
import { inject } from "vitest";
import { createPool } from "../../src/adapters/postgres/connect.ts";
import { startEmbeddedServer } from "../../src/adapters/postgres/embedded-server.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { acquireFileLock } from "../../src/lib/file-lock.mjs";
import { postgresFolder } from "./run-folder.ts";

export interface TestDatabase {
  /** For processes under test, and for pools of one's own. */
  readonly url: string;
  readonly pool: Pool;
  /** Ends the pool and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

const templateName = "broadsheet_template";

/** initdb and all migrations on two busy cores. */
const templateMsMax = 60_000;

/** Tests do not outlive a power failure, and speed is what lets them run often. */
const fastSettings = { fsync: "off", full_page_writes: "off", autovacuum_naptime: "10s", max_connections: "200" };

/**
 * Clones the migrated template: `beforeAll(async () => { database = await createTestDatabase(); })`, and `drop` in `afterAll`.
 * @param options.migrated false gives an empty database
 */
export async function createTestDatabase(
  options: { readonly max?: number; readonly migrated?: boolean } = {},
): Promise<TestDatabase> {
  const serverUrl = await startSharedServer();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await administer(
    serverUrl,
    `CREATE DATABASE ${name} TEMPLATE ${options.migrated === false ? "template0" : templateName}`,
  );
  const url = replaceDatabase(serverUrl, name);
  const pool = createPool(url, { max: options.max ?? 10, applicationName: name });
  let dropping: Promise<void> | undefined;
  const drop = async () => {
    await pool.end();
    await administer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  };
  return { url, pool, drop: () => (dropping ??= drop()) };
}

let shared: Promise<string> | undefined;

/** The first test file of a run starts the server, the others adopt it; the run's end stops it (global-setup.ts). */
function startSharedServer(): Promise<string> {
  return (shared ??= (async () => {
    const runFolder = inject("runFolder");
    const server = await startEmbeddedServer({
      dataDir: postgresFolder(runFolder),
      log: () => {},
      settings: fastSettings,
    });
    await prepareTemplate(server.url, runFolder);
    return server.url;
  })());
}

async function prepareTemplate(serverUrl: string, runFolder: string): Promise<void> {
  const lock = await acquireFileLock(join(runFolder, "template.lock"), { waitMs: templateMsMax });
  try {
    const found = await administer(serverUrl, `SELECT 1 FROM pg_database WHERE datname = '${templateName}'`);
    if (found.rowCount) return;
    // Under another name until it is whole: a failed migration must fail every file, not only the first.
    await administer(serverUrl, `DROP DATABASE IF EXISTS ${templateName}_draft WITH (FORCE)`);
    await administer(serverUrl, `CREATE DATABASE ${templateName}_draft TEMPLATE template0`);
    const pool = createPool(replaceDatabase(serverUrl, `${templateName}_draft`), {
      max: 1,
      applicationName: "template",
    });
    try {
      await migrate(pool);
    } finally {
      await pool.end();
    }
    await administer(serverUrl, `ALTER DATABASE ${templateName}_draft RENAME TO ${templateName}`);
  } finally {
    lock.release();
  }
}

async function administer(serverUrl: string, sql: string) {
  const pool = createPool(replaceDatabase(serverUrl, "postgres"), { max: 1, applicationName: "test administration" });
  try {
    return await pool.query(sql);
  } finally {
    await pool.end();
  }
}

function replaceDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
