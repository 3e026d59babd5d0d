import type { Pool, PoolClient } from "pg";
import type { DeliveryState } from "../../../domain/delivery.ts";
import { csvLine } from "../../../lib/csv-line.ts";
import { partitionOf } from "./partition.ts";
import { openCursor } from "../cursor.ts";

export interface DeliveryRecord {
  /** `12.345` */
  readonly delivery: string;
  readonly subscriberId: number;
  /** `null` when the person was erased. */
  readonly address: string | null;
  readonly state: DeliveryState;
  readonly turn: number;
  readonly attempts: number;
  readonly lane: string;
  readonly dueAt: Date | null;
  readonly leaseUntil: Date | null;
  readonly firstClaimedAt: Date | null;
  readonly settledAt: Date | null;
  readonly detail: string | null;
}

export interface AttemptRow {
  readonly endedAt: Date;
  readonly turn: number;
  readonly server: string;
  readonly outcome: string;
  readonly phase: string | null;
  readonly reply: string;
}

const selectDeliveries = (table: string): string => `
SELECT d.campaign_id || '.' || d.number AS delivery, d.subscriber_id AS "subscriberId", s.address, d.state, d.turn, d.attempts, d.lane,
  d.due_at AS "dueAt", d.lease_until AS "leaseUntil", d.first_claimed_at AS "firstClaimedAt", d.settled_at AS "settledAt", d.detail
FROM ${table} d LEFT JOIN subscribers s ON s.id = d.subscriber_id`;

/** In the order of their numbers. @param after only those with a larger number */
export async function listDeliveries(
  pool: Pool,
  campaign: number,
  state: DeliveryState | null,
  limit: number,
  after = 0,
): Promise<readonly DeliveryRecord[]> {
  const { rows } = await pool.query<DeliveryRecord>(
    `${selectDeliveries(partitionOf(campaign))} WHERE d.number > $3 AND ($1::text IS NULL OR d.state::text = $1) ORDER BY d.number LIMIT $2`,
    [state, limit, after],
  );
  return rows;
}

/** The delivery of one person, or `null` when she is not among the planned. */
export async function findDelivery(pool: Pool, campaign: number, subscriberId: number): Promise<DeliveryRecord | null> {
  const { rows } = await pool.query<DeliveryRecord>(
    `${selectDeliveries(partitionOf(campaign))} WHERE d.subscriber_id = $1`,
    [subscriberId],
  );
  return rows[0] ?? null;
}

/** The tries that did not end in acceptance, oldest first. */
export async function listAttempts(pool: Pool, campaign: number, number: number): Promise<readonly AttemptRow[]> {
  const { rows } = await pool.query<AttemptRow>(
    `SELECT ended_at AS "endedAt", turn, server, outcome, phase, reply FROM attempts
     WHERE campaign_id = $1 AND number = $2 ORDER BY ended_at LIMIT ${attemptsMax}`,
    [campaign, number],
  );
  return rows;
}

/** Two days of tries at the densest schedule in use. */
const attemptsMax = 200;

const exportPage = 2_000;

/**
 * All deliveries as CSV lines, with flat memory.
 * @param cell what is done to the texts that strangers wrote: addresses and replies
 */
export async function* exportDeliveries(
  pool: Pool,
  campaign: number,
  state: DeliveryState | null,
  cell: (text: string) => string = (text) => text,
): AsyncGenerator<string> {
  const client = await pool.connect();
  let broken = true;
  try {
    const cursor = openCursor<DeliveryRecord>(
      client,
      `${selectDeliveries(partitionOf(campaign))} WHERE $1::text IS NULL OR d.state::text = $1 ORDER BY d.number`,
      [state],
    );
    yield csvLine([
      "delivery",
      "address",
      "state",
      "attempts",
      "lane",
      "due_at",
      "first_claimed_at",
      "settled_at",
      "detail",
    ]);
    for (;;) {
      const rows = await cursor.read(exportPage);
      if (rows.length === 0) break;
      yield rows.map((row) => deliveryLine(row, cell)).join("");
    }
    await cursor.close();
    broken = false;
  } finally {
    client.release(broken);
  }
}

function deliveryLine(row: DeliveryRecord, cell: (text: string) => string): string {
  return csvLine([
    row.delivery,
    cell(row.address ?? ""),
    row.state,
    String(row.attempts),
    row.lane,
    row.dueAt?.toISOString() ?? "",
    row.firstClaimedAt?.toISOString() ?? "",
    row.settledAt?.toISOString() ?? "",
    cell(row.detail ?? ""),
  ]);
}

/**
 * What a person decided of an uncertain delivery. Sending again waits until the last claim is surely over.
 * @returns `null` when it is not uncertain
 */
export async function resolveDelivery(
  db: Pool | PoolClient,
  campaign: number,
  number: number,
  decision: "accept" | "resend",
): Promise<{ readonly state: DeliveryState; readonly leaseUntil: Date | null; readonly done: boolean } | null> {
  const table = partitionOf(campaign);
  const current = await db.query<{ state: DeliveryState; leaseUntil: Date | null; over: boolean }>(
    `SELECT state, lease_until AS "leaseUntil", coalesce(lease_until <= now(), true) AS over FROM ${table} WHERE number = $1`,
    [number],
  );
  const row = current.rows[0];
  if (!row || row.state !== "uncertain") return null;
  if (decision === "resend" && !row.over) return { state: row.state, leaseUntil: row.leaseUntil, done: false };
  const { rowCount } = await db.query(
    decision === "accept"
      ? `UPDATE ${table} SET state = 'accepted', due_at = NULL, settled_at = now(), detail = 'resolved by an operator: it arrived'
         WHERE number = $1 AND state = 'uncertain'`
      : `UPDATE ${table} SET state = 'deferred', turn = turn + 1, due_at = now(), detail = 'resolved by an operator: send again'
         WHERE number = $1 AND state = 'uncertain' AND (lease_until IS NULL OR lease_until <= now())`,
    [number],
  );
  if (rowCount === 0) return null;
  if (decision === "resend")
    await db.query("UPDATE campaigns SET state = 'sending', finished_at = NULL WHERE id = $1 AND state = 'sent'", [
      campaign,
    ]);
  return { state: decision === "accept" ? "accepted" : "deferred", leaseUntil: row.leaseUntil, done: true };
}
