import type { Block } from "../domain/issue.ts";
import type { SegmentExpression } from "../domain/segment.ts";
import { InputError } from "../lib/errors.ts";
import { canonicalJson } from "./canonical-json.ts";

/**
 * Without a word from the caller every combination of audiences is compiled, and they double with each audience; a
 * campaign compiles the combinations its recipients really have, and can pass more of them.
 */
export const variantsByDefaultMax = 16;

/** The variant of one who belongs to none of the audiences. */
export function neutralKey(audienceCount: number): string {
  return "0".repeat(audienceCount);
}

/**
 * Variants to look at where no reader is known: every combination or, where these are too many, nobody in particular,
 * everything at once, and each audience alone.
 */
export function representativeKeys(audienceCount: number): readonly string[] {
  if (2 ** audienceCount <= variantsByDefaultMax) return allKeys(audienceCount);
  const neutral = neutralKey(audienceCount);
  const alone = Array.from(neutral, (_, index) => `${neutral.slice(0, index)}1${neutral.slice(index + 1)}`);
  return [neutral, "1".repeat(audienceCount), ...alone].slice(0, variantsMax);
}

/** Each variant is compiled, stored and cached by every worker: some 150 KB apiece. */
export const variantsMax = 64;

/** The `audience:` expressions of the blocks, distinct, in order of first use. */
export function findAudiences(blocks: readonly Block[]): readonly SegmentExpression[] {
  const distinct = new Map<string, SegmentExpression>();
  for (const { audience } of blocks) {
    if (audience) distinct.set(canonicalJson(audience), distinct.get(canonicalJson(audience)) ?? audience);
  }
  return [...distinct.values()];
}

/**
 * The keys to compile, checked: one character an audience.
 * @throws InputError when there are too many, or one doesn't belong to these audiences
 */
export function chooseVariantKeys(audienceCount: number, asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) return allKeys(audienceCount);
  const keys = [...new Set(asked)];
  const wrong = keys.find((key) => key.length !== audienceCount || !/^[01]*$/.test(key));
  if (wrong !== undefined) {
    const message = `The variant key "${wrong}" must have one 0 or 1 for each of the issue's ${audienceCount} audiences.`;
    throw new InputError({ code: "digest-variant", message });
  }
  if (keys.length > variantsMax) {
    const message = `The audience falls into more than ${variantsMax} variants of this issue, and so many are compiled at most. Use fewer different audience: conditions, or send to a segment.`;
    throw new InputError({ code: "digest-variants", message });
  }
  return keys;
}

function allKeys(audienceCount: number): readonly string[] {
  const count = 2 ** audienceCount;
  if (count > variantsByDefaultMax) {
    const message = `The issue has ${audienceCount} different audience: conditions, so ${count} combinations; name the ones to compile, or use fewer conditions.`;
    throw new InputError({ code: "digest-variants", message });
  }
  return Array.from({ length: count }, (_, index) =>
    audienceCount === 0 ? "" : index.toString(2).padStart(audienceCount, "0"),
  );
}

/** The blocks that recipients with this key get, in their order. */
export function selectBlocks(
  blocks: readonly Block[],
  audiences: readonly SegmentExpression[],
  key: string,
): readonly Block[] {
  const wanted = new Set(audiences.filter((_, index) => key[index] === "1").map(canonicalJson));
  return blocks.filter(({ audience }) => audience === undefined || wanted.has(canonicalJson(audience)));
}
