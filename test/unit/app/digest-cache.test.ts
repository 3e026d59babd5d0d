import { expect, it } from "vitest";
import { createDigestCache } from "../../../src/app/digest-cache.ts";
import type { Digest, DigestVariant } from "../../../src/domain/digest.ts";
import { createSampleDigest } from "../../support/sample-digest.ts";

const withVariants = (...keys: string[]): Digest => ({
  ...createSampleDigest(),
  variants: new Map(keys.map((key) => [key, {} as DigestVariant])),
});

it("loads a digest once, and anew for a variant that a later campaign added", async () => {
  const stored = [withVariants("10"), withVariants("10", "01")];
  let loads = 0;
  const find = createDigestCache(async () => stored[Math.min(loads++, 1)] as Digest);
  expect([...(await find("a", "10")).variants.keys()]).toEqual(["10"]);
  expect([...(await find("a")).variants.keys()]).toEqual(["10"]);
  expect(loads).toBe(1);
  const both = await Promise.all([find("a", "01"), find("a", "01"), find("a", "10")]);
  expect(both.slice(0, 2).map(({ variants }) => variants.has("01"))).toEqual([true, true]);
  expect(loads).toBe(2);
});

it("asks again after a failure", async () => {
  let loads = 0;
  const find = createDigestCache(async () => {
    loads += 1;
    if (loads === 1) throw new Error("away");
    return withVariants("");
  });
  await expect(find("a", "")).rejects.toThrow("away");
  expect((await find("a", "")).variants.has("")).toBe(true);
});
