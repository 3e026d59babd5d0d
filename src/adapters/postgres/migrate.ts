/** Brings a database to this code's schema: numbered files, each applied once, in its own transaction. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Pool, PoolClient } from "pg";
import { assert } from "../../lib/assert.ts";
import { messageOf, UnavailableError } from "../../lib/errors.ts";
import { projectRoot } from "../../lib/project-root.ts";

/** `NNNN-name.sql`; the number orders them, and is never used twice. */
const fileName = /^(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.sql$/;

const ourMigrations = join(projectRoot, "src/adapters/postgres/migrations");

/** Any number that nobody else locks: the bytes of `bsht`. */
const advisoryLock = 0x62_73_68_74;

/** Waiting for another process that migrates; a migration of a large table takes minutes. */
const lockMsMax = 600_000;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/**
 * Applies what is missing. Two processes may start it at once: the second waits and finds nothing to do.
 * A file that fails leaves the files before it applied and nothing of its own.
 * @throws UnavailableError `migration-changed` when an applied file differs from ours, `migration-newer` when the database
 *   has files that we lack, `migration-gap` when one was added below the newest applied, `migration-failed` with file and line
 */
export async function migrate(pool: Pool, directory: string = ourMigrations): Promise<{ applied: string[] }> {
  const migrations = readMigrations(directory);
  const client = await pool.connect();
  try {
    await client.query("SELECT set_config('statement_timeout', $1, false)", [String(lockMsMax)]);
    await client.query(withoutBound(`SELECT pg_advisory_lock(${advisoryLock})`));
    // A migration takes as long as its table is large.
    await client.query("SET statement_timeout = 0");
    return { applied: await applyMissing(client, migrations) };
  } finally {
    // Ending the session frees its lock and forgets its settings, whatever state it is in.
    client.release(true);
  }
}

/** The pool's own bound on an answer would cut a long migration; this is the longest that a timer can wait, 24 days. */
function withoutBound(text: string): { text: string; query_timeout: number } {
  return { text, query_timeout: 2 ** 31 - 1 };
}

function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const numbers = new Set<string>();
  return names.map((name) => {
    const number = fileName.exec(name)?.[1];
    assert(number !== undefined, `a migration is called NNNN-name.sql: ${name}`);
    assert(!numbers.has(number), `a migration's number is its own: ${name}`);
    numbers.add(number);
    const sql = readFileSync(join(directory, name), "utf8");
    // Git may check files out with CRLF.
    const checksum = createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
    return { name, sql, checksum };
  });
}

async function applyMissing(client: PoolClient, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS schema_migrations (
      name text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM schema_migrations ORDER BY name COLLATE "C"',
  );
  const known = new Map(rows.map((row) => [row.name, row.checksum]));
  refuseMismatch(migrations, known);
  const missing = migrations.filter(({ name }) => !known.has(name));
  for (const migration of missing) await applyOne(client, migration);
  return missing.map(({ name }) => name);
}

function refuseMismatch(migrations: readonly Migration[], known: ReadonlyMap<string, string>): void {
  const ours = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  const newest = [...known.keys()].at(-1) ?? "";
  for (const [name, checksum] of known) {
    const own = ours.get(name);
    if (own === undefined) {
      throw new UnavailableError(
        "migration-newer",
        `The database has the migration ${name}, which this Broadsheet does not know: it belongs to a newer one. Update Broadsheet.`,
      );
    }
    if (own !== checksum) {
      throw new UnavailableError(
        "migration-changed",
        `The migration ${name} was changed after it had been applied. Put the file back as it was, and write a new one for the change.`,
      );
    }
  }
  const late = migrations.find(({ name }) => !known.has(name) && name < newest);
  if (late) {
    throw new UnavailableError(
      "migration-gap",
      `The migration ${late.name} stands before ${newest}, which has been applied already. Give it the next number.`,
    );
  }
}

async function applyOne(client: PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(withoutBound(sql));
    await client.query("INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)", [name, checksum]);
    await client.query("COMMIT");
  } catch (cause) {
    // The session ends with the caller, and its transaction with it.
    throw new UnavailableError(
      "migration-failed",
      `The migration ${name}${lineOf(sql, cause)} failed: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** PostgreSQL counts characters from 1 to where the trouble is. */
function lineOf(sql: string, thrown: unknown): string {
  const position = Number((thrown as { position?: string }).position);
  return position > 0 ? `, line ${sql.slice(0, position).split("\n").length},` : "";
}
