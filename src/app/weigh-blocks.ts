import { findAudiences } from "../digest/block-audiences.ts";
import type { CompileInputs } from "../digest/compile-digest.ts";
import type { Digest } from "../domain/digest.ts";
import type { Issue } from "../domain/issue.ts";

export interface BlockWeight {
  readonly type: string;
  readonly title: string;
  readonly line: number;
  /** What the HTML would lose without it. */
  readonly bytes: number;
}

/**
 * What each block of an issue adds to the HTML of a variant, the heaviest first: the whole is compared with the same issue
 * without the block.
 * @param compile one variant of an issue; the answers are best kept, as there is one for each block
 */
export async function weighBlocks(
  inputs: CompileInputs,
  variant: string,
  compile: (inputs: CompileInputs, variant: string) => Promise<Digest>,
): Promise<readonly BlockWeight[]> {
  const { issue } = inputs;
  const whole = bytesOf(await compile(inputs, variant), variant);
  const weights: BlockWeight[] = [];
  for (const block of issue.blocks) {
    // Without the block, its audience may be gone: the others' variants are named by what is left.
    const blocks = issue.blocks.filter((other) => other !== block);
    const key = keyWithout(issue.blocks, blocks, variant);
    if (blocks.length === 0) continue;
    const without = await compile({ ...inputs, issue: { ...issue, blocks: renumber(blocks) } }, key);
    const title =
      "title" in block && block.title ? block.title.map((run) => ("text" in run ? run.text : "")).join("") : "";
    weights.push({ type: block.type, title, line: block.place.line ?? 1, bytes: whole - bytesOf(without, key) });
  }
  return weights.toSorted((a, b) => b.bytes - a.bytes);
}

/** Events are numbered through the whole issue. */
function renumber(blocks: Issue["blocks"]): Issue["blocks"] {
  let index = 0;
  return blocks.map((block) =>
    block.type === "events"
      ? {
          ...block,
          groups: block.groups.map((group) => ({
            ...group,
            events: group.events.map((event) => ({ ...event, index: index++ })),
          })),
        }
      : block,
  );
}

function keyWithout(all: Issue["blocks"], left: Issue["blocks"], variant: string): string {
  const bits = new Map(findAudiences(all).map((audience, index) => [JSON.stringify(audience), variant[index] ?? "0"]));
  return findAudiences(left)
    .map((audience) => bits.get(JSON.stringify(audience)) ?? "0")
    .join("");
}

function bytesOf(digest: Digest, variant: string): number {
  const chunks = digest.variants.get(variant)?.html.source.chunks ?? [];
  return chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0);
}
