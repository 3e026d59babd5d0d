import type { PoolClient } from "pg";
import type { ImportStage, MergeCounts, MergeOptions, RefusedRow } from "../../domain/import-store.ts";
import { assert } from "../../lib/assert.ts";
import { InputError } from "../../lib/errors.ts";
import {
  countSql,
  holdKnownSql,
  insertNewCarefullySql,
  insertNewSql,
  joinKnownSql,
  joinNewCarefullySql,
  judgeSql,
  refusedSql,
  updateSubscribersSql,
} from "./import-sql.ts";
import { openCursor } from "./cursor.ts";

/** A stage whose rows have all arrived. */
export interface StageToMerge {
  readonly client: PoolClient;
  readonly staged: StagedCounts;
  readonly phase: MergePhase;
}

/** Counted on the way in. */
export interface StagedCounts {
  rows: number;
  unusable: number;
}

/** How far an import has come: what its failure means depends on it. */
export interface MergePhase {
  doing: "being read" | "being merged" | "being committed";
}

/** How many refused rows are read at a time. */
const refusedBatchRows = 1_000;
/** Below this the server's own bookkeeping is soon enough. */
const analyzeRowsMin = 10_000;
/** Imports that merge at once would update the same people in different orders and end each other. */
const mergeLock = 0x42_52_49; // "BRI"
/** The longest that a timer can wait, 24 days: a file from a slow pipe may take as long as it likes. */
export const withoutBoundMs = 2 ** 31 - 1;
/**
 * Merges what stands in the stage, in one transaction, and commits it.
 * @throws what the database says; nothing has changed then, unless `phase` says that it was being committed
 */
export async function mergeStage(
  { client, staged, phase }: StageToMerge,
  options: MergeOptions,
  takeRefused: Parameters<ImportStage["merge"]>[1],
): Promise<MergeCounts> {
  const run = (text: string, values: unknown[] = []) =>
    client.query({ text, values, query_timeout: withoutBoundMs } as { text: string });
  await run("ANALYZE import_stage (line, key, domain)");
  await run("BEGIN");
  await run("SELECT pg_advisory_xact_lock($1)", [mergeLock]);
  const list = await client.query("SELECT 1 FROM lists WHERE id = $1", [options.listId]);
  if (list.rowCount === 0) {
    throw new InputError({ code: "list-unknown", message: `There is no list with the number ${options.listId}.` });
  }
  await run(judgeSql, [options.listId]);
  await run("ANALYZE import_verdict");
  await run(holdKnownSql);
  const membership = [options.listId, JSON.stringify(options.consent)];
  await run("SAVEPOINT before_new");
  try {
    await run(insertNewSql, membership);
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== uniqueViolation) throw thrown;
    await run("ROLLBACK TO SAVEPOINT before_new");
    await run(insertNewCarefullySql);
    await run(joinNewCarefullySql, membership);
  }
  await run(updateSubscribersSql);
  await run(joinKnownSql, membership);
  const counts = readCounts(staged, (await run(countSql)).rows[0] as Record<string, number>);
  // Before the commit: an import whose rejects can't be written has not happened.
  await takeRefused(readRefused(client, counts));
  phase.doing = "being committed";
  const { command } = await run("COMMIT");
  assert(command === "COMMIT", "A transaction without an error commits.");
  // The planner of the next send must not take the list for empty. A failure costs it some seconds, and the import nothing.
  if (counts.accepted >= analyzeRowsMin) await run("ANALYZE subscribers, subscriptions").catch(() => {});
  return counts;
}

const uniqueViolation = "23505";

async function* readRefused(client: PoolClient, counts: MergeCounts): AsyncGenerator<readonly RefusedRow[]> {
  // Looking through a million rows for nothing takes seconds.
  if (Object.values(counts.causes).every((count) => count === 0)) return;
  const cursor = openCursor<RefusedRow>(client, refusedSql);
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

function readCounts(staged: StagedCounts, row: Record<string, number>): MergeCounts {
  const count = (name: string): number => row[name] as number;
  const counts: MergeCounts = {
    rows: staged.rows,
    accepted: count("accepted"),
    updated: count("updated"),
    unchanged: count("unchanged"),
    causes: {
      invalid: staged.unusable,
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
