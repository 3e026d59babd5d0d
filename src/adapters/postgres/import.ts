import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { Pool, PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import Cursor from "pg-cursor";
import type {
  ImportStage,
  ImportStore,
  MergeCounts,
  MergeOptions,
  RefusedRow,
  StagedRow,
} from "../../domain/import-store.ts";
import { assert } from "../../lib/assert.ts";
import { InputError, messageOf, UnavailableError } from "../../lib/errors.ts";
import { arrayLiteral, copyRow } from "./copy-text.ts";
import {
  copyStageSql,
  countSql,
  createStageSql,
  holdKnownSql,
  insertSubscribersCarefullySql,
  insertSubscribersSql,
  insertSubscriptionsCarefullySql,
  insertSubscriptionsSql,
  judgeSql,
  refusedSql,
  updateSubscribersSql,
} from "./import-sql.ts";

/** How many refused rows are read at a time. */
const refusedBatchRows = 1_000;
/** Below this the server's own bookkeeping is soon enough. */
const analyzeRowsMin = 10_000;
/** Imports that merge at once would update the same people in different orders and end each other. */
const mergeLock = 0x42_52_49; // "BRI"
/** The longest that a timer can wait, 24 days: a file from a slow pipe may take as long as it likes. */
const withoutBoundMs = 2 ** 31 - 1;
/** Sorting a million keys in memory takes a third of the time that it takes on disk. */
const sessionSql = `
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET work_mem = '64MB';
SET temp_buffers = '16MB'`;

/**
 * Imports into this database. Needs two connections of the pool: one holds the stage, the other ends its statement when
 * the import is interrupted.
 */
export function createImportStore(pool: Pool): ImportStore {
  return { begin: (signal) => beginStage(pool, signal) };
}

async function beginStage(pool: Pool, signal: AbortSignal | undefined): Promise<ImportStage> {
  signal?.throwIfAborted();
  const client = await pool.connect();
  // A connection that breaks fails the statement on it; without a listener it would end the process as well.
  client.on("error", () => {});
  const copy = copyFrom(copyStageSql, { highWaterMark: copyBytesAhead });
  (copy as { query_timeout?: number }).query_timeout = withoutBoundMs;
  let needsErasedKeys: boolean;
  let processId: number;
  try {
    await client.query(sessionSql);
    await client.query(createStageSql);
    const { rows } = await client.query<{ pid: number; erased: boolean }>(
      "SELECT pg_backend_pid() AS pid, EXISTS (SELECT 1 FROM suppressions WHERE key LIKE '#%') AS erased",
    );
    [needsErasedKeys, processId] = [rows[0]?.erased as boolean, rows[0]?.pid as number];
    client.query(copy);
  } catch (cause) {
    client.release(true);
    throw cause;
  }

  let failure: Error | undefined;
  copy.on("error", (error) => (failure ??= error));
  const phase: Phase = { doing: "being read" };
  let rejectInterrupted: (reason: unknown) => void = () => {};
  const interrupted = new Promise<never>((_, reject) => (rejectInterrupted = reject));
  interrupted.catch(() => {});
  const interrupt = () => {
    // Too late: the import is about to have happened, and its caller must hear so.
    if (phase.doing === "being committed") return;
    // The statement ends with an error, and its transaction with it. Where even that fails, the session's end does it.
    pool.query("SELECT pg_cancel_backend($1)", [processId]).catch(() => {});
    copy.destroy(new Error("interrupted"));
    rejectInterrupted(signal?.reason);
  };
  signal?.addEventListener("abort", interrupt, { once: true });
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      if (failure !== undefined) throw failure;
      signal?.throwIfAborted();
      return await work();
    } catch (thrown) {
      const isInterrupted = signal?.aborted && phase.doing !== "being committed";
      throw isInterrupted ? signal.reason : explainFailure(failure ?? thrown, phase.doing);
    }
  };

  let isClosed = false;
  return {
    needsErasedKeys,
    add: (rows) =>
      guarded(async () => {
        if (!copy.write(rows.map(stageLine).join(""))) await once(copy, "drain", signal ? { signal } : {});
      }),
    merge: (options, takeRefused) =>
      guarded(() => {
        const merging = async (): Promise<MergeCounts> => {
          copy.end();
          await finished(copy);
          phase.doing = "being merged";
          return merge(client, options, phase, takeRefused);
        };
        // A server that no longer answers must not keep us from ending.
        return Promise.race([merging(), interrupted]);
      }),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      signal?.removeEventListener("abort", interrupt);
      copy.destroy();
      // The session's temporary tables and settings go with it, and whatever it has not committed.
      client.release(true);
    },
  };
}

interface Phase {
  doing: "being read" | "being merged" | "being committed";
}

/** Two batches: the database works on one while the next is read. */
const copyBytesAhead = 512 * 1024;

function stageLine({ line, original, person, problem }: StagedRow): string {
  if (person === null) {
    assert(problem !== null, "A row that isn't taken has a reason.");
    return copyRow([String(line), original, problem, null, null, null, null, null, null, null, null]);
  }
  return copyRow([
    String(line),
    original,
    problem,
    person.key,
    person.address,
    person.domain,
    person.lang,
    person.zone,
    person.topics && arrayLiteral(person.topics),
    JSON.stringify(person.attributes),
    person.erasedKeys.length > 0 ? arrayLiteral(person.erasedKeys) : null,
  ]);
}

async function merge(
  client: PoolClient,
  options: MergeOptions,
  phase: Phase,
  takeRefused: Parameters<ImportStage["merge"]>[1],
): Promise<MergeCounts> {
  const run = (text: string, values: unknown[] = []) =>
    client.query({ text, values, query_timeout: withoutBoundMs } as { text: string });
  await run("ANALYZE import_stage (line, key, domain)");
  await run("BEGIN");
  await run("SELECT pg_advisory_xact_lock($1)", [mergeLock]);
  const list = await client.query("SELECT 1 FROM lists WHERE id = $1", [options.listId]);
  if (list.rowCount === 0)
    throw new InputError({ code: "list-unknown", message: `There is no list with the number ${options.listId}.` });
  await run(judgeSql, [options.listId]);
  await run("ANALYZE import_verdict");
  await run(holdKnownSql);
  await runOr(run, insertSubscribersSql, insertSubscribersCarefullySql, []);
  await run(updateSubscribersSql);
  const consent = JSON.stringify(options.consent);
  await runOr(run, insertSubscriptionsSql, insertSubscriptionsCarefullySql, [options.listId, consent]);
  const counts = readCounts((await run(countSql)).rows[0] as Record<string, number>);
  // Before the commit: an import whose rejects can't be written has not happened.
  await takeRefused(readRefused(client));
  phase.doing = "being committed";
  const { command } = await run("COMMIT");
  assert(command === "COMMIT", "A transaction without an error commits.");
  // The planner of the next send must not take the list for empty. A failure costs it some seconds, and the import nothing.
  if (counts.accepted >= analyzeRowsMin) await run("ANALYZE subscribers, subscriptions").catch(() => {});
  return counts;
}

const uniqueViolation = "23505";

/** Runs the quick statement, and the careful one where a row that another session wrote is in the way of the first. */
async function runOr(
  run: (text: string, values?: unknown[]) => Promise<unknown>,
  quick: string,
  careful: string,
  values: unknown[],
): Promise<void> {
  await run("SAVEPOINT quick");
  try {
    await run(quick, values);
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== uniqueViolation) throw thrown;
    await run("ROLLBACK TO SAVEPOINT quick");
    await run(careful, values);
  }
  await run("RELEASE SAVEPOINT quick");
}

async function* readRefused(client: PoolClient): AsyncGenerator<readonly RefusedRow[]> {
  const cursor = client.query(new Cursor<RefusedRow>(refusedSql));
  try {
    for (;;) {
      const rows = await cursor.read(refusedBatchRows);
      if (rows.length === 0) break;
      yield rows;
    }
  } finally {
    await cursor.close();
  }
}

function readCounts(row: Record<string, number>): MergeCounts {
  const count = (name: string): number => row[name] as number;
  const counts: MergeCounts = {
    rows: count("rows"),
    accepted: count("accepted"),
    updated: count("updated"),
    unchanged: count("unchanged"),
    causes: {
      invalid: count("invalid"),
      duplicate: count("duplicate"),
      suppressed: count("suppressed"),
      erased: count("erased"),
      unsubscribed: count("unsubscribed"),
      value: count("value"),
      pending: count("pending"),
    },
  };
  const { causes } = counts;
  const refused = causes.invalid + causes.duplicate + causes.suppressed + causes.erased + causes.unsubscribed;
  assert(counts.accepted + counts.updated + counts.unchanged + refused === counts.rows, "Every row has one verdict.");
  return counts;
}

function explainFailure(thrown: unknown, doing: Phase["doing"]): unknown {
  if (thrown instanceof InputError || thrown instanceof UnavailableError) return thrown;
  const outcome =
    doing === "being committed"
      ? "Whether it was committed is not known; importing again does no harm."
      : "Nothing was changed.";
  return new UnavailableError(
    "import-failed",
    `The import stopped while its rows were ${doing}: ${messageOf(thrown)}. ${outcome}`,
    {
      cause: thrown,
    },
  );
}
