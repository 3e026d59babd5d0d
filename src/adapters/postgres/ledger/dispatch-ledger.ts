import type { Pool } from "pg";
import type { DeliveryJob } from "../../../domain/delivery.ts";
import type { DispatchLedger, DueLane } from "../../../domain/ledger.ts";
import { partitionOf } from "./partition.ts";
import { workerLockClass } from "./worker-life.ts";

/** Hands out: sets each row's timer ahead by the lease, so that a job lost with its queue comes back by itself. */
const handOutSql = (table: string): string => `
UPDATE ${table} d SET due_at = now() + $3::float8 * interval '1 millisecond'
FROM (
  SELECT number FROM ${table}
  WHERE lane = $1 AND due_at <= now() AND state IN ('pending', 'deferred')
  ORDER BY due_at LIMIT $2
  FOR UPDATE SKIP LOCKED
) due
WHERE d.number = due.number
RETURNING d.number, d.turn`;

const dueSql = (table: string): string => `
SELECT l.name FROM lanes l
WHERE EXISTS (SELECT 1 FROM ${table} d WHERE d.lane = l.name AND d.due_at <= now() AND d.state IN ('pending', 'deferred'))`;

const lostDetail = "no reply was recorded before the worker was lost";

/**
 * Rows in `sending` whose time to be looked at has come: past their lease, or their worker's lock is free: uncertain. Under
 * `resend` they keep a timer at the lease's end, since a frozen worker may act until then. The others are looked at later.
 */
const sweepSql = (table: string): string => `
WITH alive AS MATERIALIZED (
  SELECT objid::bigint AS worker FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND classid = ${workerLockClass}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), looked AS (
  SELECT number, lease_until <= now() OR worker NOT IN (SELECT worker FROM alive) AS lost
  FROM ${table}
  WHERE lane = ANY($1) AND due_at <= now() AND state = 'sending'
  ORDER BY lane, due_at LIMIT $2
  FOR UPDATE SKIP LOCKED
), swept AS (
  UPDATE ${table} d SET
    state = CASE WHEN lost THEN 'uncertain'::delivery_state ELSE d.state END,
    detail = CASE WHEN lost THEN '${lostDetail}' ELSE d.detail END,
    settled_at = CASE WHEN lost THEN now() END,
    due_at = CASE
      WHEN NOT lost THEN least(d.lease_until, now() + interval '5 seconds')
      WHEN $3 = 'resend' THEN greatest(d.lease_until, now())
    END
  FROM looked WHERE d.number = looked.number
  RETURNING d.number, d.turn, lost
), recorded AS (
  INSERT INTO attempts (campaign_id, number, turn, server, outcome, phase, reply)
  SELECT $4::bigint, number, turn, '', 'uncertain', 'body', '${lostDetail}' FROM swept WHERE lost
)
SELECT lost FROM swept`;

/** Under `resend`, uncertain deliveries whose lease is past are open again, with a new turn. */
const resendSql = (table: string): string => `
UPDATE ${table} SET state = 'deferred', turn = turn + 1, due_at = now()
WHERE lane = ANY($1) AND due_at <= now() AND state = 'uncertain'`;

/** A full count closes a campaign: as many rows as planned, none of them open. */
const finishSql = (table: string): string => `
UPDATE campaigns c SET state = 'sent', finished_at = now()
WHERE c.id = $1 AND c.state = 'sending'
  AND NOT EXISTS (SELECT 1 FROM ${table} WHERE due_at IS NOT NULL)
  AND c.planned = (SELECT count(*) FROM ${table} WHERE state IN ('accepted', 'refused', 'skipped', 'uncertain'))`;

/**
 * A late reply can put a delivery off in the very moment in which its campaign closes, each unseen by the other: whoever
 * closed lately is looked at again.
 */
const reopenSql = (table: string): string => `
UPDATE campaigns c SET state = 'sending', finished_at = NULL
WHERE c.id = $1 AND c.state = 'sent' AND EXISTS (SELECT 1 FROM ${table} WHERE due_at IS NOT NULL)`;

/** What the last claims of a cancelled campaign put off is skipped like everything else that was open. */
const skipCancelledSql = (table: string): string => `
UPDATE ${table} SET state = 'skipped', due_at = NULL, settled_at = now(), detail = 'campaign cancelled'
WHERE lane = ANY($1) AND due_at IS NOT NULL AND state IN ('pending', 'deferred')`;

/** A cancelled campaign is watched until its last claims have ended. */
const endCancelledSql = (table: string): string => `
UPDATE campaigns c SET finished_at = now()
WHERE c.id = $1 AND c.state = 'cancelled' AND NOT EXISTS (SELECT 1 FROM ${table} WHERE due_at IS NOT NULL)`;

/** One refused mailbox of a first share of ten proves nothing. */
const canaryRefusedMin = 3;

/** Rows in one sweep: more than all workers together hold at once. */
const sweepLimit = 5_000;

interface ActiveCampaign {
  readonly id: number;
  readonly state: string;
  readonly policy: string;
}

/** The dispatcher's ledger on PostgreSQL. Any number of dispatchers may run: every statement takes rows by their state. */
export function createDispatchLedger(pool: Pool): DispatchLedger {
  const active = async (states: readonly string[]): Promise<readonly ActiveCampaign[]> => {
    const { rows } = await pool.query<ActiveCampaign>({
      name: "active-campaigns",
      text: "SELECT id, state, policy FROM campaigns WHERE state::text = ANY($1) AND planned IS NOT NULL AND finished_at IS NULL ORDER BY id",
      values: [states],
    });
    return rows;
  };
  const laneNames = async (): Promise<readonly string[]> =>
    (await pool.query<{ name: string }>({ name: "lane-names", text: "SELECT name FROM lanes" })).rows.map(
      (row) => row.name,
    );

  return {
    async startDueCampaigns() {
      const { rowCount } = await pool.query({
        name: "start-due-campaigns",
        text: "UPDATE campaigns SET state = 'sending', began_at = coalesce(began_at, now()), state_reason = NULL WHERE state = 'scheduled' AND planned IS NOT NULL AND starts_at <= now()",
      });
      return rowCount ?? 0;
    },
    async judgeCanaries(refusedShareMax) {
      const due = await pool.query<{ id: number }>({
        name: "due-canaries",
        text: "SELECT id FROM campaigns WHERE canary_until <= now() AND state = 'sending' ORDER BY id",
      });
      let paused = 0;
      for (const { id } of due.rows) {
        const { rows } = await pool.query<{ accepted: number; refused: number; deferred: number }>(
          `SELECT count(*) FILTER (WHERE state = 'accepted')::int AS accepted, count(*) FILTER (WHERE state = 'refused')::int AS refused,
             count(*) FILTER (WHERE state = 'deferred' AND attempts > 0)::int AS deferred FROM ${partitionOf(id)}`,
        );
        const { accepted, refused, deferred } = rows[0] as { accepted: number; refused: number; deferred: number };
        const tried = accepted + refused + deferred;
        const bad = accepted === 0 || (refused >= canaryRefusedMin && refused / tried > refusedShareMax);
        const reason = `of the first ${tried} tried, ${accepted} were accepted, ${refused} refused and ${deferred} put off`;
        await pool.query(
          `UPDATE campaigns SET canary_until = NULL, state = CASE WHEN $2 THEN 'paused'::campaign_state ELSE state END,
             state_reason = CASE WHEN $2 THEN $3 ELSE state_reason END
           WHERE id = $1 AND state = 'sending' AND canary_until IS NOT NULL`,
          [id, bad, reason],
        );
        if (bad) paused += 1;
      }
      return paused;
    },
    async dueLanes() {
      const due: DueLane[] = [];
      for (const campaign of await active(["sending"])) {
        const { rows } = await pool.query<{ name: string }>({
          name: `due-${campaign.id}`,
          text: dueSql(partitionOf(campaign.id)),
        });
        due.push(...rows.map((row) => ({ campaign: campaign.id, lane: row.name })));
      }
      return due;
    },
    async leftToday(lane) {
      const { rows } = await pool.query<{ left: number | null }>({
        name: "left-today",
        text: "SELECT lane_left(name, daily_cap, daily_growth, warm_up_since) AS left FROM lanes WHERE name = $1",
        values: [lane],
      });
      return rows[0]?.left ?? null;
    },
    async handOut(campaign, lane, limit, leaseMs) {
      const { rows } = await pool.query<{ number: number; turn: number }>({
        name: `hand-out-${campaign}`,
        text: handOutSql(partitionOf(campaign)),
        values: [lane, limit, leaseMs],
      });
      return rows.map((row): DeliveryJob => ({ delivery: { campaign, number: row.number }, turn: row.turn }));
    },
    async sweep() {
      const lanes = await laneNames();
      let uncertain = 0;
      let resent = 0;
      // Paused and cancelled campaigns too: their last claims end like all others.
      for (const campaign of await active(["sending", "paused", "cancelled"])) {
        const table = partitionOf(campaign.id);
        const swept = await pool.query<{ lost: boolean }>({
          name: `sweep-${campaign.id}`,
          text: sweepSql(table),
          // Nothing of a cancelled campaign is sent again.
          values: [lanes, sweepLimit, campaign.state === "cancelled" ? "hold" : campaign.policy, campaign.id],
        });
        uncertain += swept.rows.filter((row) => row.lost).length;
        if (campaign.state === "cancelled") {
          await pool.query({ name: `skip-cancelled-${campaign.id}`, text: skipCancelledSql(table), values: [lanes] });
        }
        if (campaign.policy === "resend" && campaign.state === "sending") {
          resent +=
            (await pool.query({ name: `resend-${campaign.id}`, text: resendSql(table), values: [lanes] })).rowCount ??
            0;
        }
      }
      return { uncertain, resent };
    },
    async finishCampaigns() {
      let finished = 0;
      for (const { id, state } of await active(["sending", "cancelled"])) {
        const text = (state === "cancelled" ? endCancelledSql : finishSql)(partitionOf(id));
        const { rowCount } = await pool.query({ name: `finish-${state}-${id}`, text, values: [id] });
        if (state === "sending") finished += rowCount ?? 0;
      }
      const closed = await pool.query<{ id: number }>({
        name: "closed-lately",
        text: "SELECT id FROM campaigns WHERE state = 'sent' AND finished_at > now() - interval '1 minute' ORDER BY id",
      });
      for (const { id } of closed.rows)
        await pool.query({ name: `reopen-${id}`, text: reopenSql(partitionOf(id)), values: [id] });
      return finished;
    },
  };
}
