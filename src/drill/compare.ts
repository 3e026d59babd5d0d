import type { Pool } from "../adapters/postgres/connect.ts";
import { partitionOf } from "../adapters/postgres/ledger/partition.ts";
import { summariseSinkLog } from "./sink-log.ts";

/** The ledger held against what the sink really took, recipient by recipient. */
export interface Comparison {
  readonly recipients: number;
  /** Planned people who have no copy although the ledger says so, or whom the ledger forgot, or who still wait at the end. */
  readonly lost: number;
  /** People with more than one copy. */
  readonly doubled: number;
  /** Deliveries that were uncertain at any time. */
  readonly uncertainEver: number;
  /** Deliveries that are uncertain at the end. */
  readonly unresolved: number;
  /** People with a copy whom the ledger says were refused or skipped: a reply that lied, or a claim that did. */
  readonly contradicted: number;
  readonly faults: number;
  readonly faultsInDoubt: number;
}

export async function compareWithSink(pool: Pool, campaign: number, sinkLog: string): Promise<Comparison> {
  const sink = await summariseSinkLog(sinkLog);
  const { rows } = await pool.query<{ address: string; state: string }>(
    `SELECT lower(s.address) AS address, d.state FROM ${partitionOf(campaign)} d JOIN subscribers s ON s.id = d.subscriber_id`,
  );
  let lost = 0;
  let unresolved = 0;
  let contradicted = 0;
  for (const { address, state } of rows) {
    const copies = sink.timesAccepted.get(address) ?? 0;
    if (state === "accepted" && copies === 0) lost += 1;
    if (state === "pending" || state === "deferred" || state === "sending") lost += 1;
    if (state === "uncertain") unresolved += 1;
    if ((state === "refused" || state === "skipped") && copies > 0) contradicted += 1;
  }
  const planned = await pool.query<{ planned: number }>("SELECT planned FROM campaigns WHERE id = $1", [campaign]);
  // The plan's own number stands apart from the rows: a row that vanished is a person who was missed.
  lost += Math.max(0, (planned.rows[0]?.planned ?? 0) - rows.length);
  const uncertain = await pool.query<{ count: number }>(
    "SELECT count(DISTINCT number) FROM attempts WHERE campaign_id = $1 AND outcome = 'uncertain'",
    [campaign],
  );
  return {
    recipients: rows.length,
    lost,
    doubled: [...sink.timesAccepted.values()].filter((copies) => copies > 1).length,
    uncertainEver: uncertain.rows[0]?.count ?? 0,
    unresolved,
    contradicted,
    faults: sink.faults,
    faultsInDoubt: sink.faultsInDoubt,
  };
}
