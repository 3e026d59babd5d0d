import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { Pool } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { ImportStage, ImportStore, MergeCounts, StagedRow } from "../../domain/import-store.ts";
import { assert } from "../../lib/assert.ts";
import { InputError, messageOf, UnavailableError } from "../../lib/errors.ts";
import { arrayLiteral, copyRow } from "./copy-text.ts";
import { mergeStage, type MergePhase, type StagedCounts, withoutBoundMs } from "./import-merge.ts";
import { copyStageSql, createStageSql } from "./import-sql.ts";

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
  const phase: MergePhase = { doing: "being read" };
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

  const staged: StagedCounts = { rows: 0, unusable: 0 };
  let isClosed = false;
  return {
    needsErasedKeys,
    add: (rows) =>
      guarded(async () => {
        staged.rows += rows.length;
        for (const { person } of rows) if (person === null) staged.unusable += 1;
        if (!copy.write(rows.map(stageLine).join(""))) await once(copy, "drain", signal ? { signal } : {});
      }),
    merge: (options, takeRefused) =>
      guarded(() => {
        const merging = async (): Promise<MergeCounts> => {
          copy.end();
          await finished(copy);
          phase.doing = "being merged";
          return mergeStage({ client, staged, phase }, options, takeRefused);
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

function explainFailure(thrown: unknown, doing: MergePhase["doing"]): unknown {
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
