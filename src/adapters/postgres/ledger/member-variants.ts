import type { Pool } from "pg";
import type { SegmentExpression } from "../../../domain/segment.ts";
import { compileSegment } from "../segment-sql.ts";

/**
 * The key of a subscriber's variant as SQL: one character an audience.
 * @param predicate compiles a segment and keeps its values for the statement around it
 */
export function variantSql(
  audiences: readonly SegmentExpression[],
  predicate: (expression: SegmentExpression) => string,
): string {
  return audiences.map((audience) => `CASE WHEN ${predicate(audience)} THEN '1' ELSE '0' END`).join(" || ") || "''";
}

export interface VariantQuestion {
  readonly listId: number;
  readonly audiences: readonly SegmentExpression[];
  /** The whole list when absent. */
  readonly segment?: SegmentExpression;
  readonly limit: number;
}

/** The variants that a list's confirmed members fall into at this moment. A million members take some seconds. */
export async function readMemberVariants(pool: Pool, question: VariantQuestion): Promise<readonly string[]> {
  const values: unknown[] = [question.listId, question.limit];
  const predicate = (expression: SegmentExpression): string => {
    const compiled = compileSegment(expression, values.length + 1);
    values.push(...compiled.values);
    return compiled.sql;
  };
  const variant = variantSql(question.audiences, predicate);
  const belongs = question.segment ? predicate(question.segment) : "true";
  const { rows } = await pool.query<{ variant: string }>(
    `SELECT DISTINCT ${variant} AS variant FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id
     WHERE m.list_id = $1 AND m.status = 'confirmed' AND (${belongs}) LIMIT $2`,
    values,
  );
  return rows.map((row) => row.variant);
}
