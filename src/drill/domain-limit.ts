import type { Clock } from "../lib/clock.ts";

/** Counts messages per domain and second; `true` for one that is above its domain's limit. */
export function createDomainLimit(
  limits: Readonly<Record<string, number>>,
  clock: Clock,
): (recipient: string) => boolean {
  const windows = new Map<string, { second: number; count: number }>();
  return (recipient) => {
    const domain = recipient.slice(recipient.lastIndexOf("@") + 1).toLowerCase();
    const limit = limits[domain];
    if (limit === undefined) return false;
    const second = Math.floor(clock.monotonicMs() / 1_000);
    const window = windows.get(domain);
    const count = window?.second === second ? window.count + 1 : 1;
    windows.set(domain, { second, count });
    return count > limit;
  };
}
