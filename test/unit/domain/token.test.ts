import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findMailtoToken, formatMailtoUnsubscribe } from "../../../src/domain/mailto-unsubscribe.ts";
import { formatMessageId, readMessageId } from "../../../src/domain/message-id.ts";
import {
  createToken,
  formatFoldedToken,
  formatToken,
  readFoldedToken,
  readToken,
  type TokenPayload,
} from "../../../src/domain/token.ts";
import { createTokenKeys } from "../../../src/domain/token-keys.ts";
import { InputError } from "../../../src/lib/errors.ts";

const keys = createTokenKeys(["the first secret, long enough"]);
const payload: TokenPayload = { list: 3, subscriber: 12_345, delivery: { campaign: 12, number: 345 } };
const token = createToken(payload, keys, "reader");

const whole = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const anyPayload: fc.Arbitrary<TokenPayload> = fc.record({
  list: whole,
  subscriber: fc.oneof(fc.constant(0), whole),
  delivery: fc.oneof(fc.constant(null), fc.record({ campaign: whole, number: whole })),
});

describe("a reader's token", () => {
  test("gives its payload back, from a URL and from an address in any case", () => {
    fc.assert(
      fc.property(anyPayload, (given) => {
        const made = createToken(given, keys, "reader");
        expect(readToken(formatToken(made), keys, "reader")).toEqual(given);
        expect(readFoldedToken(formatFoldedToken(made), keys, "reader")).toEqual(given);
        expect(readFoldedToken(formatFoldedToken(made).toUpperCase(), keys, "reader")).toEqual(given);
      }),
    );
  });

  test("is opaque to a URL's path and short", () => {
    expect(formatToken(token)).toMatch(/^[A-Za-z0-9_-]{30,40}$/);
  });

  test("is worth nothing once any bit is flipped", () => {
    for (let bit = 0; bit < token.length * 8; bit += 1) {
      const flipped = Buffer.from(token);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(readToken(formatToken(flipped), keys, "reader")).toBeNull();
      expect(readFoldedToken(formatFoldedToken(flipped), keys, "reader")).toBeNull();
    }
  });

  test("is worth nothing once any bit of its text is flipped, its spare bits too", () => {
    for (const [text, read] of [
      [formatToken(token), readToken],
      [formatFoldedToken(token), readFoldedToken],
    ] as const) {
      for (let bit = 0; bit < text.length * 8; bit += 1) {
        const bytes = Buffer.from(text, "latin1");
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        const flipped = bytes.toString("latin1");
        // The case of letters is free in an address.
        if (read === readFoldedToken && flipped.toLowerCase() === text) continue;
        expect(read(flipped, keys, "reader")).toBeNull();
      }
    }
  });

  test.each([
    "",
    "a",
    "=",
    "%00",
    "../..",
    "A".repeat(10_000),
    "日本",
    formatToken(token).slice(1),
    `${formatToken(token)}A`,
    `${formatToken(token)}=`,
  ])("is not read from %j", (text) => {
    expect(readToken(text, keys, "reader")).toBeNull();
    expect(readFoldedToken(text, keys, "reader")).toBeNull();
  });

  test("made for one purpose does nothing for another: a passed-on view link can't unsubscribe anybody", () => {
    const view = formatToken(createToken(payload, keys, "view"));
    expect(readToken(view, keys, "view")).toEqual(payload);
    expect(readToken(view, keys, "reader")).toBeNull();
    expect(readToken(formatToken(token), keys, "view")).toBeNull();
    expect(readToken(formatToken(token), keys, "confirm")).toBeNull();
  });

  test("of a mail years ago is read after the secret was replaced, and not once that is forgotten", () => {
    const rotated = createTokenKeys(["a new secret, long enough", "the first secret, long enough"]);
    expect(readToken(formatToken(token), rotated, "reader")).toEqual(payload);
    expect(readToken(formatToken(createToken(payload, rotated, "reader")), keys, "reader")).toBeNull();
    expect(readToken(formatToken(token), createTokenKeys(["a new secret, long enough"]), "reader")).toBeNull();
  });

  test("needs a secret of some length", () => {
    expect(() => createTokenKeys([])).toThrow(InputError);
    expect(() => createTokenKeys(["short"])).toThrow(InputError);
  });
});

describe("leaving by mail", () => {
  test("carries the token in the address, within 64 octets and safe from case folding", () => {
    const uri = formatMailtoUnsubscribe("leave@news.example.com", token);
    const [, local = ""] = /^mailto:([^@]+)@news\.example\.com\?subject=unsubscribe$/.exec(uri) ?? [];
    expect(local.length).toBeLessThanOrEqual(64);
    const found = findMailtoToken(`${local.toUpperCase()}@News.Example.com`, "whatever");
    expect(readFoldedToken(found ?? "", keys, "reader")).toEqual(payload);
  });

  test("carries it in the subject where the address is too long", () => {
    const address = "please-take-me-off-this-list-at-once@news.example.com";
    const uri = formatMailtoUnsubscribe(address, token);
    expect(uri.startsWith(`mailto:${address}?subject=unsubscribe%20`)).toBe(true);
    const subject = decodeURIComponent(uri.slice(uri.indexOf("=") + 1));
    expect(readFoldedToken(findMailtoToken(address, `Re: ${subject} `) ?? "", keys, "reader")).toEqual(payload);
  });

  test("finds no token in an ordinary mail", () => {
    expect(findMailtoToken("leave@news.example.com", "unsubscribe")).toBeNull();
    expect(findMailtoToken("leave@news.example.com", "please unsubscribe me from this")).toBeNull();
  });
});

describe("a Message-ID", () => {
  const delivery = { kind: "delivery", id: { campaign: 12, number: 345 } } as const;

  test("is the same on every try and differs between deliveries", () => {
    expect(formatMessageId(delivery, "example.com", keys)).toBe(formatMessageId(delivery, "example.com", keys));
    const ids = Array.from({ length: 1000 }, (_, number) =>
      formatMessageId({ kind: "delivery", id: { campaign: 12, number: number + 1 } }, "example.com", keys),
    );
    expect(new Set(ids).size).toBe(1000);
    expect(ids[344]).toMatch(/^<c12\.n345\.[0-9a-v]{16}@example\.com>$/);
  });

  test("names its delivery or notice again, in any case and without brackets", () => {
    const notice = { kind: "notice", id: 7 } as const;
    for (const identity of [delivery, notice]) {
      const id = formatMessageId(identity, "example.com", keys);
      expect(readMessageId(id, keys)).toEqual(identity);
      expect(readMessageId(id.slice(1, -1).toUpperCase(), keys)).toEqual(identity);
    }
  });

  test("of another number, with another's MAC or of somebody else names nothing", () => {
    const id = formatMessageId(delivery, "example.com", keys);
    expect(readMessageId(id.replace("n345", "n346"), keys)).toBeNull();
    expect(readMessageId(id.replace("c12.", ""), keys)).toBeNull();
    expect(readMessageId("<abc@mail.example.org>", keys)).toBeNull();
    expect(readMessageId(id, createTokenKeys(["another secret, long enough"]))).toBeNull();
  });
});
