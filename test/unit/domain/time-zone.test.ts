import { expect, test } from "vitest";
import { readZone } from "../../../src/domain/time-zone.ts";

test.each([
  ["America/New_York", "America/New_York"],
  ["america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"],
  ["Europe/Kyiv", "Europe/Kyiv"],
  ["UTC", "UTC"],
  ["gmt", "UTC"],
  ["Etc/UTC", "UTC"],
])("%s is the zone %s", (written, zone) => {
  expect(readZone(written)).toEqual({ zone });
});

test.each([
  ["ET", /abbreviation.*"America\/New_York"/],
  ["pst", /abbreviation.*"America\/Los_Angeles"/],
  ["CEST", /abbreviation.*"Europe\/Berlin"/],
  ["America/New_Yrok", /did you mean "America\/New_York"\?/],
  ["Berlin", /did you mean "Europe\/Berlin"\?/],
  ["New York", /did you mean "America\/New_York"\?/],
  ["+02:00", /IANA name such as/],
  ["GMT+2", /not a known time zone/],
  ["Mars/Olympus_Mons", /not a known time zone/],
  ["", /not a known time zone/],
  ["x".repeat(5000), /not a known time zone/],
])("%s is refused with a hint", (written, words) => {
  expect(readZone(written)).toEqual({ problem: expect.stringMatching(words) });
});
