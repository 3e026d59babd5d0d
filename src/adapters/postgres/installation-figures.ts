import type { Pool } from "pg";
import { partitionOf } from "./ledger/partition.ts";

export interface CampaignFigures {
  readonly campaign: number;
  readonly issue: string;
  /** Deliveries by state, counted from rows. */
  readonly deliveries: Readonly<Record<string, number>>;
  readonly acceptedInMinute: number;
}

/** Campaigns that are open at once; more is a mistake, and each costs a scan. */
const openMax = 50;

/** Of campaigns that still change: what is sent or cancelled stays as it was. A million deliveries take some 200 ms. */
export async function readOpenCampaigns(pool: Pool): Promise<readonly CampaignFigures[]> {
  const { rows: open } = await pool.query<{ id: number; issue: string }>(
    `SELECT id, issue_slug AS issue FROM campaigns WHERE state IN ('scheduled', 'sending', 'paused') AND planned IS NOT NULL
     ORDER BY id DESC LIMIT ${openMax}`,
  );
  const figures: CampaignFigures[] = [];
  // One after the other: monitoring has time, and claims go first.
  for (const { id, issue } of open) {
    const { rows } = await pool.query<{ state: string; count: number; fresh: number }>(
      `SELECT state, count(*), count(*) FILTER (WHERE state = 'accepted' AND settled_at > now() - interval '1 minute') AS fresh
       FROM ${partitionOf(id)} GROUP BY state`,
    );
    figures.push({
      campaign: id,
      issue,
      deliveries: Object.fromEntries(rows.map(({ state, count }) => [state, count])),
      acceptedInMinute: rows.reduce((sum, { fresh }) => sum + fresh, 0),
    });
  }
  return figures;
}

/** How many campaigns there are of each state. */
export async function countCampaigns(pool: Pool): Promise<Readonly<Record<string, number>>> {
  const { rows } = await pool.query<{ state: string; count: number }>(
    "SELECT state, count(*) FROM campaigns WHERE planned IS NOT NULL GROUP BY state",
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}
