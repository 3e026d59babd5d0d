import type { Pool } from "pg";

/** The first instant of a day where somebody lives; `null` ends the pause. Every list that she gets. */
export async function setPause(pool: Pool, subscriberId: number, day: string | null, zone: string): Promise<void> {
  await pool.query(
    `UPDATE subscriptions SET paused_until = $2::date::timestamp AT TIME ZONE $3
     WHERE subscriber_id = $1 AND status = 'confirmed' AND paused_until IS DISTINCT FROM ($2::date::timestamp AT TIME ZONE $3)`,
    [subscriberId, day, zone],
  );
}

/** `YYYY-MM-DD` where she lives; `null` when nothing is paused. */
export async function readPause(pool: Pool, subscriberId: number, zone: string): Promise<string | null> {
  const { rows } = await pool.query<{ day: string | null }>(
    `SELECT to_char(max(paused_until) AT TIME ZONE $2, 'YYYY-MM-DD') AS day FROM subscriptions
     WHERE subscriber_id = $1 AND status = 'confirmed' AND paused_until > now()`,
    [subscriberId, zone],
  );
  return rows[0]?.day ?? null;
}

/** More mails than anybody gets in a lifetime; bounds one answer. */
const mailsMax = 20_000;

export interface HeldMail {
  readonly campaign: number;
  readonly issue: string;
  readonly list: string;
  readonly state: string;
  readonly firstClaimedAt: Date | null;
  readonly settledAt: Date | null;
  readonly detail: string | null;
  readonly values: unknown;
}

/** Every campaign's mail to her, with the values that it was made of. */
export async function readHeldMails(pool: Pool, subscriberId: number): Promise<readonly HeldMail[]> {
  const { rows } = await pool.query<HeldMail>(
    `SELECT d.campaign_id AS campaign, c.issue_slug AS issue, l.slug AS list, d.state, d.first_claimed_at AS "firstClaimedAt",
       d.settled_at AS "settledAt", d.detail, d.frozen AS values
     FROM deliveries d JOIN campaigns c ON c.id = d.campaign_id JOIN lists l ON l.id = c.list_id
     WHERE d.subscriber_id = $1 ORDER BY d.campaign_id LIMIT ${mailsMax}`,
    [subscriberId],
  );
  return rows;
}

export async function readHeldNotices(pool: Pool, addressKey: string): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT kind, address, content, state, created_at AS "createdAt", settled_at AS "settledAt", detail FROM notices
     WHERE address_key = $1 ORDER BY id LIMIT ${mailsMax}`,
    [addressKey],
  );
  return rows;
}

export async function readHeldRequests(
  pool: Pool,
  addressKey: string,
  subscriberId: number,
): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT kind, address, lang, consent, asked, asked_at AS "askedAt", mailed_at AS "mailedAt", confirmed_at AS "confirmedAt",
       cancelled_at AS "cancelledAt" FROM reader_requests WHERE address_key = $1 OR subscriber_id = $2 ORDER BY id LIMIT 1000`,
    [addressKey, subscriberId],
  );
  return rows;
}
