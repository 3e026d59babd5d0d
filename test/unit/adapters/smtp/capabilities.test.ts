import { expect, test } from "vitest";
import { readCapabilities } from "../../../../src/adapters/smtp/capabilities.ts";

test("every keyword is read where it stands first in its line, in any case", () => {
  const reply = [
    "250-mx.example.com greets you",
    "250-pipelining",
    "250-SIZE 52428800",
    "250-8BITMIME",
    "250-Dsn",
    "250-AUTH PLAIN login",
    "250-AUTH=PLAIN XOAUTH2",
    "250-STARTTLS",
    "250 SMTPUTF8",
  ].join("\n");
  expect(readCapabilities(reply)).toEqual({
    smtpUtf8: true,
    eightBitMime: true,
    pipelining: true,
    dsn: true,
    startTls: true,
    size: true,
    sizeBytesMax: 52_428_800,
    auth: ["PLAIN", "LOGIN", "XOAUTH2"],
  });
});

test.each(["250 SMTPUTF8", "250-SMTPUTF8 DSN SIZE 1\n250 HELP SMTPUTF8", "", "250 mx.example.com"])(
  "%j announces nothing",
  (reply) => {
    expect(readCapabilities(reply)).toMatchObject({
      smtpUtf8: false,
      dsn: false,
      size: false,
      pipelining: false,
      auth: [],
    });
  },
);

test.each([
  ["250-mx\n250 SIZE", 0],
  ["250-mx\n250 SIZE 0", 0],
  ["250-mx\n250 SIZE plenty", 0],
  ["250-mx\n250 SIZE 99999999999999999999", 0],
  ["250-mx\n250 SIZE 10240000", 10_240_000],
])("%j limits messages to %d bytes, 0 for no limit", (reply, bytes) => {
  expect(readCapabilities(reply)).toMatchObject({ size: true, sizeBytesMax: bytes });
});
