import type { Pool } from "pg";
import type { SegmentExpression } from "../../domain/segment.ts";
import { UnavailableError } from "../../lib/errors.ts";
import { compileSegment } from "./segment-sql.ts";
import { inTransaction } from "./transaction.ts";

export interface AudienceSample {
  /** Confirmed members of the list for whom the segment holds; who of them may not be mailed is the flight plan's to say. */
  readonly count: number;
  /** Some of them, the same ones each time. */
  readonly people: readonly {
    readonly id: number;
    readonly address: string;
    readonly lang: string | null;
    readonly zone: string | null;
  }[];
}

/** Somebody waits at a form; a count that takes longer must not hold a connection on. */
const countMsMax = 10_000;
/** PostgreSQL, appendix A: `query_canceled`. */
const cancelledCode = "57014";

/**
 * How many a segment of a list holds, with a few of them to look at.
 * @throws InputError `segment-meaning`
 * @throws UnavailableError `count-too-slow`
 */
export async function sampleAudience(
  pool: Pool,
  listId: number,
  segment: SegmentExpression | null,
  limit: number,
): Promise<AudienceSample> {
  const { sql, values } = segment ? compileSegment(segment, 2) : { sql: "true", values: [] };
  const from = `FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id
    WHERE m.list_id = $1 AND m.status = 'confirmed' AND (${sql})`;
  try {
    return await inTransaction(pool, async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${countMsMax}`);
      const counted = await client.query<{ count: number }>(`SELECT count(*) ${from}`, [listId, ...values]);
      // By a hash, so that the oldest members don't stand for all.
      const { rows } = await client.query<AudienceSample["people"][number]>(
        `SELECT s.id, s.address, s.lang, s.zone ${from} ORDER BY hashint8(s.id) LIMIT ${limit}`,
        [listId, ...values],
      );
      return { count: counted.rows[0]?.count ?? 0, people: rows };
    });
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== cancelledCode) throw thrown;
    throw new UnavailableError(
      "count-too-slow",
      "Counting took more than ten seconds. The flight plan counts all the same.",
    );
  }
}
