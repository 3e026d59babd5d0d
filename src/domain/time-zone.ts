import { Temporal } from "temporal-polyfill";
import { nearestName } from "../lib/nearest-name.ts";

/** What people write for a zone that has a proper name. The letters alone are ambiguous or stand still in summer. */
const abbreviations: Readonly<Record<string, string>> = {
  ET: "America/New_York",
  EST: "America/New_York",
  EDT: "America/New_York",
  CT: "America/Chicago",
  CST: "America/Chicago",
  CDT: "America/Chicago",
  MT: "America/Denver",
  MST: "America/Denver",
  MDT: "America/Denver",
  PT: "America/Los_Angeles",
  PST: "America/Los_Angeles",
  PDT: "America/Los_Angeles",
  BST: "Europe/London",
  CET: "Europe/Berlin",
  CEST: "Europe/Berlin",
  IST: "Asia/Kolkata",
  JST: "Asia/Tokyo",
};

/**
 * Reads an IANA time zone name ("America/New_York", "UTC"), in any case.
 * An offset or an abbreviation is refused: neither knows when summer time begins.
 */
export function readZone(written: string): { readonly zone: string } | { readonly problem: string } {
  const meant = abbreviations[written.toUpperCase()];
  if (meant) return { problem: `${quote(written)} is an abbreviation, not a time zone: write ${quote(meant)}` };
  if (/^(utc|gmt|etc\/utc)$/i.test(written)) return { zone: "UTC" };
  if (/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)+$/.test(written) && written.length <= 64) {
    const zone = canonicalZone(written);
    if (zone) return { zone };
  }
  const nearest = nearestName(written, Intl.supportedValuesOf("timeZone")) ?? zoneOfCity(written);
  const hint = nearest ? `did you mean ${quote(nearest)}?` : 'write an IANA name such as "Europe/Berlin"';
  return { problem: `${quote(written.slice(0, 64))} is not a known time zone: ${hint}` };
}

function canonicalZone(written: string): string | null {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(written).timeZoneId;
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

function zoneOfCity(written: string): string | null {
  const city = written.trim().replaceAll(" ", "_").toLowerCase();
  return Intl.supportedValuesOf("timeZone").find((zone) => zone.toLowerCase().endsWith(`/${city}`)) ?? null;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
