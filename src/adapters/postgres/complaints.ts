import type { PoolClient } from "pg";
import { partitionOf } from "./ledger/partition.ts";

/**
 * Proven complaints about a campaign that is under way, of one lane's readers, each counted once. What came before a person
 * let the campaign go on is left out: she has seen it.
 * @returns `null` when the campaign is not being sent
 */
export async function countLaneComplaints(client: PoolClient, campaign: number, lane: string): Promise<number | null> {
  const { rows } = await client.query<{ complaints: number }>({
    name: "lane-complaints",
    text: `SELECT (
             SELECT count(DISTINCT f.number) FROM feedback f
             WHERE f.campaign_id = c.id AND f.lane = $2 AND f.kind = 'complaint' AND f.trust IS NOT NULL
               AND f.at > coalesce(c.confirmed_at, '-infinity')
           ) AS complaints
           FROM campaigns c WHERE c.id = $1 AND c.state = 'sending'`,
    values: [campaign, lane],
  });
  return rows[0]?.complaints ?? null;
}

/** Accepted mails of one lane, counted no further than `enough`: a big campaign is not read to its end for each complaint. */
export async function countAcceptedUpTo(
  client: PoolClient,
  campaign: number,
  lane: string,
  enough: number,
): Promise<number> {
  const { rows } = await client.query<{ accepted: number }>(
    `SELECT count(*) AS accepted FROM (
       SELECT 1 FROM ${partitionOf(campaign)} WHERE lane = $1 AND state = 'accepted' LIMIT $2
     ) counted`,
    [lane, enough],
  );
  return rows[0]?.accepted ?? 0;
}

/** @returns whether it was being sent until now */
export async function haltSending(client: PoolClient, campaign: number, reason: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "halt-sending",
    text: "UPDATE campaigns SET state = 'paused', state_reason = $2 WHERE id = $1 AND state = 'sending'",
    values: [campaign, reason],
  });
  return rowCount === 1;
}
