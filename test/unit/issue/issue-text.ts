import { parseIssue } from "../../../src/issue/parse-issue.ts";
import type { Block, Issue } from "../../../src/domain/issue.ts";
import { InputError } from "../../../src/lib/errors.ts";

/** The fields without which no issue is one, six lines long; `blocks:` comes next. */
export const head = `subject: A subject
preheader: A preheader
title: A title
date: 2024-05-31
`;

/** An issue with one block, whose lines are given without indentation; the first of them is line 6, column 5. */
export function withBlock(block: string): string {
  const lines = block.trim().split("\n");
  return `${head}blocks:\n  - ${lines.join("\n    ")}\n`;
}

export function parse(text: string, file = "issues/sample.yaml"): Issue {
  return parseIssue(Buffer.from(text), file);
}

export function firstBlock<Type extends Block["type"]>(text: string, type: Type): Extract<Block, { type: Type }> {
  const [block] = parse(text).blocks;
  if (block?.type !== type) throw new Error(`The first block is of type ${block?.type}, not ${type}`);
  return block as Extract<Block, { type: Type }>;
}

/** The problems as they are printed: `file:line:column: sentence`. */
export function problemsOf(text: string | Buffer, file = "x.yaml"): string[] {
  try {
    parseIssue(typeof text === "string" ? Buffer.from(text) : text, file);
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown.message.split("\n");
    throw thrown;
  }
  return [];
}
