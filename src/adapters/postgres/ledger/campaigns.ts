import type { Pool, PoolClient } from "pg";
import type { UncertainPolicy } from "../../../domain/delivery.ts";
import { InputError } from "../../../lib/errors.ts";
import { inTransaction } from "../transaction.ts";
import { partitionOf } from "./partition.ts";

export type CampaignState = "draft" | "scheduled" | "sending" | "paused" | "sent" | "cancelled";

export interface CampaignRecord {
  readonly id: number;
  readonly issueSlug: string;
  readonly digestId: string;
  readonly listId: number;
  readonly listSlug: string;
  readonly segment: string | null;
  readonly state: CampaignState;
  readonly stateReason: string | null;
  readonly policy: UncertainPolicy;
  readonly planned: number;
  readonly startsAt: Date;
  readonly plannedAt: Date;
  readonly finishedAt: Date | null;
}

const selectCampaign = `
SELECT c.id, c.issue_slug AS "issueSlug", c.digest_id AS "digestId", c.list_id AS "listId", l.slug AS "listSlug", c.segment,
  c.state, c.state_reason AS "stateReason", c.policy, c.planned, c.starts_at AS "startsAt", c.planned_at AS "plannedAt",
  c.finished_at AS "finishedAt"
FROM campaigns c JOIN lists l ON l.id = c.list_id WHERE c.planned IS NOT NULL`;

/** Newest first. @param before only those with a smaller number */
export async function listCampaigns(
  pool: Pool,
  limit: number,
  before: number | null = null,
): Promise<readonly CampaignRecord[]> {
  const text = `${selectCampaign} AND ($2::bigint IS NULL OR c.id < $2) ORDER BY c.id DESC LIMIT $1`;
  return (await pool.query<CampaignRecord>(text, [limit, before])).rows;
}

/** @throws InputError `unknown-campaign` */
export async function findCampaign(db: Pool | PoolClient, id: number): Promise<CampaignRecord> {
  const { rows } = await db.query<CampaignRecord>(`${selectCampaign} AND c.id = $1`, [id]);
  if (!rows[0])
    throw new InputError({
      code: "unknown-campaign",
      message: `There is no campaign ${id}; "broadsheet campaigns" lists them.`,
    });
  return rows[0];
}

/** Which states each order may find, and which it leaves. */
const orders = {
  pause: { from: ["scheduled", "sending"], to: "paused" },
  resume: { from: ["paused"], to: "scheduled" },
  cancel: { from: ["draft", "scheduled", "sending", "paused"], to: "cancelled" },
} as const satisfies Record<string, { from: readonly CampaignState[]; to: CampaignState }>;

export type CampaignOrder = keyof typeof orders;

/**
 * Pause, resume or cancel. A paused campaign is claimed from no more; a resumed one goes on where it stood; cancelling is
 * final and turns what is still open into `skipped`.
 * @throws InputError `unknown-campaign`, `wrong-state`
 */
export async function orderCampaign(
  db: Pool | PoolClient,
  id: number,
  order: CampaignOrder,
  reason: string | null = null,
): Promise<CampaignState> {
  const { from, to } = orders[order];
  await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      // Whoever resumes has looked: what is late may go.
      `UPDATE campaigns SET state = $2::campaign_state, state_reason = $3, confirmed_at = CASE WHEN $2::campaign_state = 'scheduled' THEN now() ELSE confirmed_at END
       WHERE id = $1 AND state::text = ANY($4)`,
      [id, to, reason, from],
    );
    if (rowCount === 0) return refuseOrder(client, id, order);
    if (order !== "cancel") return;
    await client.query(`
      UPDATE ${partitionOf(id)} SET state = 'skipped', due_at = NULL, settled_at = now(), detail = 'campaign cancelled'
      WHERE state IN ('pending', 'deferred')`);
  });
  return to;
}

async function refuseOrder(client: PoolClient, id: number, order: CampaignOrder): Promise<never> {
  const campaign = await findCampaign(client, id);
  throw new InputError({
    code: "wrong-state",
    message: `Campaign ${id} is ${campaign.state}; only one that is ${orders[order].from.join(" or ")} can be ${order === "cancel" ? "cancelled" : `${order}d`}.`,
  });
}
