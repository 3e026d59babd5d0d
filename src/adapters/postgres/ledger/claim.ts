import type { Pool } from "pg";
import type { Claim, DeliveryJob, FrozenDelivery, UncertainPolicy } from "../../../domain/delivery.ts";
import { suppressedSql, suppressionReasonSql } from "../suppressions.ts";
import { partitionOf } from "./partition.ts";

/** What a process says of itself when it claims. */
export interface ClaimContext {
  readonly worker: number;
  readonly leaseMs: number;
}

interface ClaimRow {
  readonly number: number;
  readonly turn: number;
  readonly attempts: number;
  readonly lane: string;
  readonly age_ms: number;
  readonly frozen: FrozenRow | null;
  readonly digest_id: string;
  readonly list_id: number;
  readonly policy: UncertainPolicy;
}

/** FrozenDelivery as it stands in the row: short names, since there is one a recipient. */
export interface FrozenRow {
  readonly s: number;
  readonly a: string;
  readonly v: Record<string, string> | null;
  readonly z: string | null;
  readonly d: number;
  readonly k: string;
}

const returned = `d.number, d.turn, d.attempts, d.lane, d.frozen, d.variant,
  (extract(epoch FROM now() - d.first_claimed_at) * 1000)::float8 AS age_ms, c.digest_id, c.list_id, c.policy`;

/**
 * Takes deliveries: the row's turn is the job's, it is open, the campaign is sending, and the person may still be mailed.
 * What a retry needs is frozen here, once. Under READ COMMITTED a row that another worker just took is looked at again
 * and no longer matches. `due_at` stays as it is, so that the update touches no index. Lanes with a daily cap count here.
 */
const claimSql = (table: string): string => `
WITH claimed AS (
UPDATE ${table} d SET
  state = 'sending',
  worker = $4,
  lease_until = now() + $5::float8 * interval '1 millisecond',
  first_claimed_at = coalesce(d.first_claimed_at, now()),
  frozen = coalesce(d.frozen, jsonb_build_object(
    's', s.id, 'a', s.address, 'z', s.zone, 'k', c.selectors,
    'd', floor(extract(epoch FROM now()) * 1000)::bigint,
    'v', (SELECT jsonb_object_agg(f, v) FROM (
            SELECT f, CASE f WHEN 'lang' THEN s.lang WHEN 'zone' THEN s.zone ELSE s.attributes ->> f END AS v
            FROM unnest(c.fields) f) x WHERE v IS NOT NULL)))
FROM unnest($2::bigint[], $3::int[]) AS job(number, turn), campaigns c, subscribers s, subscriptions m
WHERE c.id = $1 AND c.state = 'sending'
  AND d.number = job.number AND d.turn = job.turn AND d.state IN ('pending', 'deferred')
  AND s.id = d.subscriber_id
  AND m.list_id = c.list_id AND m.subscriber_id = d.subscriber_id
  AND m.status = 'confirmed' AND (m.paused_until IS NULL OR m.paused_until <= now())
  AND NOT ${suppressedSql("s")}
  AND NOT EXISTS (SELECT 1 FROM lanes l WHERE l.name = d.lane AND (l.paused_reason IS NOT NULL OR l.slowed_until > now()
    OR (l.daily_cap IS NOT NULL AND lane_left(l.name, l.daily_cap, l.daily_growth, l.warm_up_since) = 0)))
RETURNING ${returned}
), counted AS (
  INSERT INTO lane_days (lane, day, claimed)
  SELECT lane, (now() AT TIME ZONE 'UTC')::date, count(*) FROM claimed
  WHERE lane IN (SELECT name FROM lanes WHERE daily_cap IS NOT NULL)
  GROUP BY lane ORDER BY lane
  ON CONFLICT (lane, day) DO UPDATE SET claimed = lane_days.claimed + excluded.claimed
)
SELECT * FROM claimed`;

/** A claim whose answer was lost: what this worker holds of these turns. */
const askAgainSql = (table: string): string => `
SELECT ${returned}
FROM unnest($2::bigint[], $3::int[]) AS job(number, turn)
JOIN ${table} d ON d.number = job.number AND d.turn = job.turn
JOIN campaigns c ON c.id = $1
WHERE d.state = 'sending' AND d.worker = $4`;

/** Those whose lane rests come back when it has rested, not when the hand-out's lease is over. */
const restSql = (table: string): string => `
UPDATE ${table} d SET due_at = greatest(l.slowed_until, now())
FROM unnest($1::bigint[], $2::int[]) AS job(number, turn), lanes l
WHERE d.number = job.number AND d.turn = job.turn AND d.state IN ('pending', 'deferred')
  AND l.name = d.lane AND l.slowed_until > now()`;

/** Those who may not be mailed any more, each with the reason. */
const skipSql = (table: string): string => `
UPDATE ${table} d SET state = 'skipped', due_at = NULL, settled_at = now(), detail = why.reason
FROM (
  SELECT o.number, o.turn, CASE
    WHEN s.id IS NULL THEN 'erased'
    WHEN m.status IS NULL OR m.status = 'unsubscribed' THEN 'left the list'
    WHEN m.status = 'pending' THEN 'not confirmed'
    WHEN m.paused_until > now() THEN 'paused by the reader'
    ELSE 'suppressed: ' || ${suppressionReasonSql("s")}
  END AS reason
  FROM unnest($2::bigint[], $3::int[]) AS job(number, turn)
  JOIN ${table} o ON o.number = job.number AND o.turn = job.turn
  JOIN campaigns c ON c.id = $1 AND c.state = 'sending'
  LEFT JOIN subscribers s ON s.id = o.subscriber_id
  LEFT JOIN subscriptions m ON m.list_id = c.list_id AND m.subscriber_id = o.subscriber_id
) why
WHERE why.reason IS NOT NULL AND d.number = why.number AND d.turn = why.turn AND d.state IN ('pending', 'deferred')`;

/**
 * Claims a batch of one campaign's jobs.
 * @param askAgain an earlier try of the same batch got no answer: rows this worker already holds are its own
 * @returns a claim or `null` for each job, in order
 */
export async function claimBatch(
  pool: Pool,
  campaign: number,
  jobs: readonly DeliveryJob[],
  context: ClaimContext,
  askAgain: boolean,
): Promise<readonly (Claim | null)[]> {
  const table = partitionOf(campaign);
  const claims = new Map<number, Claim>();
  const open = (): readonly DeliveryJob[] => jobs.filter((job) => !claims.has(job.delivery.number));
  const numbersAndTurns = (some: readonly DeliveryJob[]): [number[], number[]] => [
    some.map((job) => job.delivery.number),
    some.map((job) => job.turn),
  ];
  const collect = (rows: readonly (ClaimRow & { variant: string })[]): void => {
    for (const row of rows) claims.set(row.number, readClaim(campaign, row));
  };

  if (askAgain) {
    const { rows } = await pool.query({
      name: `ask-again-${campaign}`,
      text: askAgainSql(table),
      values: [campaign, ...numbersAndTurns(jobs), context.worker],
    });
    collect(rows);
  }
  if (open().length > 0) {
    const { rows } = await pool.query({
      name: `claim-${campaign}`,
      text: claimSql(table),
      values: [campaign, ...numbersAndTurns(open()), context.worker, context.leaseMs],
    });
    collect(rows);
  }
  if (open().length > 0) {
    await pool.query({
      name: `skip-${campaign}`,
      text: skipSql(table),
      values: [campaign, ...numbersAndTurns(open())],
    });
    await pool.query({ name: `rest-${campaign}`, text: restSql(table), values: numbersAndTurns(open()) });
  }
  return jobs.map((job) => {
    const claim = claims.get(job.delivery.number);
    // An old job may stand in one batch with the job of the present turn: the claim is only the latter's.
    return claim?.job.turn === job.turn ? claim : null;
  });
}

function readClaim(campaign: number, row: ClaimRow & { variant: string }): Claim {
  return {
    job: { delivery: { campaign, number: row.number }, turn: row.turn },
    list: row.list_id,
    lane: row.lane,
    digestId: row.digest_id,
    frozen: readFrozen(row.frozen as FrozenRow, row.variant),
    attempts: row.attempts,
    ageMs: row.age_ms,
    policy: row.policy,
  };
}

/** The row's short form as the noun; `variant` stands in a column of its own. */
export function readFrozen(row: FrozenRow, variant: string): FrozenDelivery {
  return {
    subscriberId: row.s,
    address: row.a,
    values: row.v ?? {},
    zone: row.z,
    variant,
    dateMs: row.d,
    selectors: row.k,
  };
}
