import { createHash } from "node:crypto";
import type { Block, Issue } from "../domain/issue.ts";
import type { Pictures } from "../domain/pictures.ts";
import type { Sender } from "../domain/subscriber.ts";
import type { Template } from "../domain/template.ts";
import { canonicalJson } from "./canonical-json.ts";

/**
 * Raised when the same inputs begin to give other bytes: a change in compiling, in the templates' words, in encoding, or a
 * new version of MJML or Handlebars (a test compares these with what is installed).
 */
export const engineVersion = "1 mjml 5.4.1 handlebars 4.7.10";

export interface DigestIdInputs {
  readonly issue: Issue;
  readonly template: Template;
  readonly sender: Sender;
  readonly pictures: Pictures;
  readonly publicUrl: string;
}

/**
 * The Digest's id: SHA-256 in hexadecimal over everything its bytes depend on. Where the files lay on the machine that
 * compiled it is left out.
 */
export function createDigestId(inputs: DigestIdInputs): string {
  const { issue, template, sender, pictures, publicUrl } = inputs;
  const { file: _file, folder: _folder, silenced: _silenced, blocks, ...content } = issue;
  const text = canonicalJson({
    engineVersion,
    issue: { ...content, blocks: blocks.map(withoutPlace) },
    template: { ...template, partials: [...template.partials].sort(([left], [right]) => (left < right ? -1 : 1)) },
    sender,
    publicUrl,
    pictures: [...pictures.bySource].sort(([left], [right]) => (left < right ? -1 : 1)),
    charts: blocks.map((block) => (block.type === "data" ? (pictures.charts.get(block) ?? null) : null)),
  });
  return createHash("sha256").update(text).digest("hex");
}

function withoutPlace({ place: _place, ...block }: Block) {
  return block;
}
