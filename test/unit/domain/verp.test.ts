import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeVerp, looksLikeVerp, verifyVerp } from "../../../src/domain/verp.ts";

const key = Buffer.alloc(32, 1);
const otherKey = Buffer.alloc(32, 2);
const identifiers = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe("the return path of a delivery", () => {
  it("names its delivery again, whatever the numbers, in at most 64 octets of lower case", () => {
    fc.assert(
      fc.property(identifiers, identifiers, (campaign, number) => {
        const localPart = encodeVerp({ campaign, number }, [key]);
        expect(localPart).toMatch(/^bounce\+[0-9a-v]+\.[0-9a-v]+\.[0-9a-v]{26}$/);
        expect(Buffer.byteLength(localPart)).toBeLessThanOrEqual(64);
        expect(verifyVerp(`${localPart}@mail.example.com`, [key])).toEqual({ campaign, number });
      }),
    );
  });

  it("is RFC 4648 base32hex of the first 16 bytes of an HMAC-SHA256", () => {
    const mac = createHmac("sha256", key).update("broadsheet verp 1\0a.1s").digest().subarray(0, 16);
    const bits = `00${[...mac].map((byte) => byte.toString(2).padStart(8, "0")).join("")}`;
    const letters = (bits.match(/.{5}/g) ?? []).map(
      (five) => "0123456789abcdefghijklmnopqrstuv"[Number.parseInt(five, 2)],
    );
    expect(encodeVerp({ campaign: 10, number: 60 }, [key])).toBe(`bounce+a.1s.${letters.join("")}`);
  });

  it("survives systems that fold the case", () => {
    const localPart = encodeVerp({ campaign: 7, number: 123_456 }, [key]);
    expect(verifyVerp(`${localPart.toUpperCase()}@MAIL.EXAMPLE.COM`, [key])).toEqual({ campaign: 7, number: 123_456 });
  });

  it("is refused when any bit of the token is changed, but for the case of a letter", () => {
    const localPart = encodeVerp({ campaign: 7, number: 123_456 }, [key]);
    for (let index = "bounce+".length; index < localPart.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(localPart, "latin1");
        changed[index] = (changed[index] as number) ^ (1 << bit);
        const text = changed.toString("latin1");
        if (text.toLowerCase() === localPart) continue;
        expect(verifyVerp(`${text}@mail.example.com`, [key]), text).toBeNull();
      }
    }
  });

  it("is refused for another delivery's MAC, another key, no key, or a token cut short", () => {
    const first = encodeVerp({ campaign: 7, number: 1 }, [key]);
    const second = encodeVerp({ campaign: 7, number: 2 }, [key]);
    const forged = `${first.split(".").slice(0, 2).join(".")}.${second.split(".")[2]}`;
    expect(verifyVerp(forged, [key])).toBeNull();
    expect(verifyVerp(first, [otherKey])).toBeNull();
    expect(verifyVerp(first, [])).toBeNull();
    expect(verifyVerp(first.slice(0, -1), [key])).toBeNull();
    expect(verifyVerp("bounce@mail.example.com", [key])).toBeNull();
    expect(looksLikeVerp(`${forged}@mail.example.com`)).toBe(true);
    expect(looksLikeVerp("someone@example.com")).toBe(false);
  });

  it("keeps working for mail that an earlier key signed", () => {
    const old = encodeVerp({ campaign: 7, number: 1 }, [otherKey]);
    expect(verifyVerp(old, [key, otherKey])).toEqual({ campaign: 7, number: 1 });
    expect(encodeVerp({ campaign: 7, number: 1 }, [key, otherKey])).toBe(encodeVerp({ campaign: 7, number: 1 }, [key]));
  });

  it("never throws, whatever the address", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string().map((text) => `bounce+${text}`),
        ),
        (address) => {
          expect(verifyVerp(address, [key])).toBeNull();
        },
      ),
    );
  });
});
