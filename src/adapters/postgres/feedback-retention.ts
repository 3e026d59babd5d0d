import type { Pool } from "pg";

/** How long what came back is kept, in days; docs/feedback.md says why. */
export interface FeedbackRetention {
  readonly feedbackDays: number;
  readonly forwardedDays: number;
  readonly webhookDays: number;
}

export const feedbackRetention: FeedbackRetention = {
  // Soft bounces count for 180 days; a year lets a list's owner compare with the same season.
  feedbackDays: 400,
  // The answer itself is in the editor's mailbox by then.
  forwardedDays: 30,
  // Longer than any provider repeats a call.
  webhookDays: 30,
};

/** A statement of this many rows takes less than a second and holds up nobody. */
const rowsMax = 20_000;

/** Deletes what is past its time, a bounded piece a call. @returns how many rows went or were emptied */
export async function forgetOldFeedback(pool: Pool, retention = feedbackRetention): Promise<number> {
  const statements: readonly (readonly [string, number])[] = [
    [
      `DELETE FROM feedback WHERE id IN (SELECT id FROM feedback WHERE at < now() - $1::int * interval '1 day' LIMIT ${rowsMax})`,
      retention.feedbackDays,
    ],
    [
      `DELETE FROM webhook_calls WHERE ctid IN (SELECT ctid FROM webhook_calls WHERE at < now() - $1::int * interval '1 day' LIMIT ${rowsMax})`,
      retention.webhookDays,
    ],
    [
      `DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE kind = 'forward' AND due_at IS NULL
         AND created_at < now() - $1::int * interval '1 day' LIMIT ${rowsMax})`,
      retention.forwardedDays,
    ],
  ];
  let forgotten = 0;
  for (const [text, days] of statements) forgotten += (await pool.query(text, [days])).rowCount ?? 0;
  return forgotten;
}
