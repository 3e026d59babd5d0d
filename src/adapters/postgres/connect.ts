import pg from "pg";

/** What the queries of this folder run on; folders above name the type from here, not from the driver. */
export type { Pool } from "pg";
import { assert } from "../../lib/assert.ts";
import { type Clock, pause, systemClock } from "../../lib/clock.ts";
import { messageOf, UnavailableError } from "../../lib/errors.ts";

export interface PoolOptions {
  /** The most connections of this pool; the embedded server admits 100 in all. */
  readonly max: number;
  /** Shown in pg_stat_activity, and in the server's log. */
  readonly applicationName: string;
  /** The longest a statement may run, 0 for no end; a plan of a million rows takes some seconds. */
  readonly statementMsMax?: number;
  /** Told when an idle connection breaks. The pool has dropped it already, and connects anew when next asked. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** On a loopback a connection takes 5 ms, across a continent some 500. */
const connectMsMax = 10_000;

/** Longer than the plan of ten million rows; what runs longer is stuck. Long work passes its own bound. */
const statementMsDefault = 300_000;

/** The server ends a statement at its bound; if it does not answer even then, it is gone. */
const answerMarginMs = 10_000;

/** A transaction that waits for us this long has lost its owner, and its locks hold up everyone. */
const idleInTransactionMsMax = 60_000;

/** A quiet pool gives its connections back. */
const idleMs = 30_000;

/**
 * Makes a pool; it connects when first asked. `int8` arrives as a number, asserted to be exact.
 * @param url `postgresql://..`; holds a password, so it is never logged
 */
export function createPool(url: string, options: PoolOptions): pg.Pool {
  const statementMsMax = options.statementMsMax ?? statementMsDefault;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: connectMsMax,
    idleTimeoutMillis: idleMs,
    statement_timeout: statementMsMax,
    idle_in_transaction_session_timeout: idleInTransactionMsMax,
    keepAlive: true,
    types: exactTypes,
    ...(statementMsMax > 0 ? { query_timeout: statementMsMax + answerMarginMs } : {}),
  });
  // Without a listener a server that restarts would end this process.
  pool.on("error", (error) => options.onConnectionLost?.(error));
  // While a connection is lent out the pool does not listen to it. Whoever has it learns of the loss from his query.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

const int8Oid = pg.types.builtins.INT8;
/** `_int8` in pg_type; the driver's table names no array types. */
const int8ArrayOid = 1016;

/** The driver gives int8 as text, since it may exceed what a number holds exactly; our counts and ids never do. */
const exactTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: "text" | "binary" = "text") => {
    const parse = pg.types.getTypeParser(oid, format) as (value: string) => unknown;
    if (format === "binary") return parse;
    if (oid === int8Oid) return parseInt8;
    if (oid === int8ArrayOid)
      return (text: string) => (parse(text) as (string | null)[]).map((item) => item && parseInt8(item));
    return parse;
  }) as typeof pg.types.getTypeParser,
};

function parseInt8(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `an int8 is small enough to be exact as a number: ${text}`);
  return value;
}

export interface RetryOptions {
  readonly attemptsMax?: number;
  readonly pauseMs?: number;
  readonly clock?: Clock;
  /** Told before each pause, with the reason. */
  readonly onRetry?: (reason: string) => void;
}

/** A server that is being restarted is back within some ten seconds. */
const attemptsDefault = 8;
const pauseMsDefault = 1_500;

/** SQLSTATEs that no waiting mends: wrong password or role, unknown database, no privilege. */
const lastingStates = new Set(["28P01", "28000", "3D000", "42501"]);

/**
 * Makes a pool and waits until the server answers.
 * @throws UnavailableError `postgres-unavailable`, naming host, port and database (never the password) and the last reason
 */
export async function connectWithRetry(url: string, options: PoolOptions, retry: RetryOptions = {}): Promise<pg.Pool> {
  const clock = retry.clock ?? systemClock;
  const attemptsMax = retry.attemptsMax ?? attemptsDefault;
  const pool = createPool(url, options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pool.query("SELECT 1");
      return pool;
    } catch (cause) {
      const lasting = lastingStates.has((cause as { code?: string }).code ?? "");
      if (lasting || attempt >= attemptsMax) {
        await pool.end();
        const tries = attempt === 1 ? "" : ` after ${attempt} tries`;
        throw new UnavailableError(
          "postgres-unavailable",
          `PostgreSQL at ${describeTarget(url)} cannot be used${tries}: ${messageOf(cause)}`,
          { cause },
        );
      }
      retry.onRetry?.(`PostgreSQL at ${describeTarget(url)} does not answer yet: ${messageOf(cause)}`);
      await pause(clock, retry.pauseMs ?? pauseMsDefault);
    }
  }
}

/** `host:port/database`, as the driver reads the URL; nothing of user or password. */
export function describeTarget(url: string): string {
  try {
    const { host, port, database } = new pg.Client({ connectionString: url });
    return `${host}:${port}/${database ?? ""}`;
  } catch {
    return "the address in DATABASE_URL (which is no postgresql:// URL)";
  }
}
