import { assert } from "../../../lib/assert.ts";

/**
 * The deliveries of one campaign are one table, attached to `deliveries`. Statements of the hot path name it directly: the
 * planner then never looks at the partitions of other campaigns, so that old ones cost nothing.
 */
export function partitionOf(campaign: number): string {
  assert(Number.isSafeInteger(campaign) && campaign > 0, "a campaign's number is a positive integer");
  return `deliveries_${campaign}`;
}
