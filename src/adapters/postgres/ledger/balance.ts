import type { Pool } from "pg";
import type { Balance } from "../../../domain/ledger.ts";
import { partitionOf } from "./partition.ts";

/**
 * The balance of a campaign: `planned` as the plan stored it, everything else counted from rows in one statement, so that
 * it holds at every instant (docs/decisions/0001-counts-from-rows.md).
 * @returns `null` when there is no such campaign or it is not planned yet
 */
export async function readBalance(pool: Pool, campaign: number): Promise<Balance | null> {
  return (await readState(pool, campaign))?.balance ?? null;
}

/**
 * Counts something of a campaign's rows, once where they can't change any more: it has ended, nothing is open and nothing
 * uncertain. Whatever opens one again takes its end back, and a new end is another one.
 * @param what names the count
 */
export async function countRows<Count>(
  pool: Pool,
  campaign: number,
  what: string,
  count: () => Promise<Count>,
): Promise<Count> {
  const state = await readState(pool, campaign);
  if (!state || !isFinal(state)) return count();
  const key = `${campaign} ${state.finishedAtMs} ${what}`;
  return (recall(pool, key) as Count | undefined) ?? remember(pool, key, await count());
}

interface CampaignState {
  readonly balance: Balance;
  readonly finishedAtMs: number | null;
}

function isFinal({ balance, finishedAtMs }: CampaignState): boolean {
  return finishedAtMs !== null && balance.remaining === 0 && balance.uncertain === 0;
}

async function readState(pool: Pool, campaign: number): Promise<CampaignState | null> {
  const known = await pool.query<{ finishedAtMs: number | null }>(
    `SELECT extract(epoch FROM finished_at)::float8 * 1000 AS "finishedAtMs" FROM campaigns
     WHERE id = $1 AND planned IS NOT NULL`,
    [campaign],
  );
  const row = known.rows[0];
  if (!row) return null;
  const key = `${campaign} ${row.finishedAtMs} balance`;
  const recalled = recall(pool, key) as Balance | undefined;
  if (recalled) return { balance: recalled, finishedAtMs: row.finishedAtMs };
  const { rows } = await pool.query<Balance>(`
    SELECT c.planned, d.accepted, d.refused, d.skipped, d.uncertain, d.remaining
    FROM campaigns c, (
      SELECT count(*) FILTER (WHERE state = 'accepted') AS accepted,
             count(*) FILTER (WHERE state = 'refused') AS refused,
             count(*) FILTER (WHERE state = 'skipped') AS skipped,
             count(*) FILTER (WHERE state = 'uncertain') AS uncertain,
             count(*) FILTER (WHERE state IN ('pending', 'deferred', 'sending')) AS remaining
      FROM ${partitionOf(campaign)}) d
    WHERE c.id = ${campaign}`);
  if (!rows[0]) return null;
  const state = { balance: rows[0], finishedAtMs: row.finishedAtMs };
  if (isFinal(state)) remember(pool, key, state.balance);
  return state;
}

/** A page shows twenty campaigns with some counts each; older ones are counted again when somebody asks. */
const rememberedMax = 1_000;
const remembered = new WeakMap<Pool, Map<string, unknown>>();

function recall(pool: Pool, key: string): unknown {
  return remembered.get(pool)?.get(key);
}

function remember<Count>(pool: Pool, key: string, count: Count): Count {
  const counts = remembered.get(pool) ?? new Map<string, unknown>();
  remembered.set(pool, counts);
  counts.set(key, count);
  const [oldest] = counts.keys();
  if (counts.size > rememberedMax && oldest !== undefined) counts.delete(oldest);
  return count;
}

export interface Reason {
  readonly state: string;
  readonly detail: string;
  readonly count: number;
}

/** Why deliveries ended as they did: each state's details with their counts, most first. */
export function readReasons(pool: Pool, campaign: number): Promise<readonly Reason[]> {
  return countRows(pool, campaign, "reasons", async () => {
    const { rows } = await pool.query<Reason>(`
      SELECT state, detail, count(*) FROM ${partitionOf(campaign)}
      WHERE state IN ('refused', 'skipped', 'uncertain', 'deferred') AND detail IS NOT NULL
      GROUP BY state, detail ORDER BY state, count(*) DESC, detail LIMIT ${reasonsMax}`);
    return rows;
  });
}

/** A report with more different reasons than this reads no better. */
const reasonsMax = 100;
