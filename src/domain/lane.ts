/** The lane that takes every domain without one of its own. */
export const defaultLane = "default";

/**
 * The name of the lane that a recipient domain (A-label, lower case) belongs to: the one that lists the very domain, else
 * `default`. A subdomain is another provider's business until a lane lists it.
 */
export function laneOf(
  domain: string,
  lanes: readonly { readonly name: string; readonly domains: readonly string[] }[],
): string {
  return lanes.find((lane) => lane.domains.includes(domain))?.name ?? defaultLane;
}
