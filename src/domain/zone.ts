import { readZone } from "./time-zone.ts";

/** Known IANA names in alphabetical order, for completion and for lists to choose from. Not every alias is among them. */
export const zoneNames: readonly string[] = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])].toSorted();

/** Whether this names a time zone. An offset or an abbreviation does not: neither knows when summer time begins. */
export function isZone(name: string): boolean {
  return "zone" in readZone(name);
}
