import type { z } from "zod";
import type { Problem } from "../lib/errors.ts";
import { nearestName } from "../lib/nearest-name.ts";
import type { Source, Within } from "./source.ts";

/** What the schema found, as sentences with places: what is wrong, and what would be right. */
export function describeProblems(issue: z.core.$ZodIssue, source: Source): Problem[] {
  const { path } = issue;
  const field = path.length === 0 ? "The issue" : `\`${showPath(path)}\``;
  const here = (code: string, message: string, within?: Within): Problem[] => [
    { code, message, place: source.locate(path, within) },
  ];
  switch (issue.code) {
    case "unrecognized_keys": {
      // `fields` gives the known names as the message.
      const known = issue.message.split(", ");
      return issue.keys.map((key) => ({
        code: "issue-field-unknown",
        message: `Unknown field \`${showPath([...path, key])}\`: ${suggest(key, known)}`,
        place: source.locateKey([...path, key]),
      }));
    }
    case "invalid_union":
      if (issue.discriminator !== undefined) {
        const known = ("options" in issue ? (issue.options ?? []) : []).map(String);
        const written = (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator];
        if (written === undefined) return here("issue-field-missing", `${field} is missing: ${suggest("", known)}`);
        const message = `Unknown type of block ${JSON.stringify(written)}: ${suggest(String(written), known)}`;
        return here("issue-field-value", message);
      }
      return here("issue-field-value", `${field} must be a text or a number`);
    case "too_big":
      return here("issue-field-value", `${field} ${sizeOf(issue.input)}; at most ${count(issue.maximum)}`);
    case "too_small":
      if (issue.input === "")
        return here("issue-field-value", `${field} is empty: write something, or leave the field out`);
      return here("issue-field-value", `${field} ${sizeOf(issue.input)}; at least ${count(issue.minimum)}`);
    case "custom": {
      const within = issue.params?.["within"] as Within | undefined;
      const sentence = within && !/^[a-z]/.test(issue.message);
      return here("issue-field-value", sentence ? issue.message : `${field} ${issue.message}`, within);
    }
    default: {
      const missing = issue.message.startsWith("is missing");
      return here(missing ? "issue-field-missing" : "issue-field-value", `${field} ${issue.message}`);
    }
  }
}

/** `blocks[1].groups[0].place`; a row's or a list's number counts from 0, as the schema's paths do. */
function showPath(path: readonly PropertyKey[]): string {
  const shown = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return shown.replace(/^\./, "").slice(0, 120);
}

function suggest(written: string, known: readonly string[]): string {
  const nearest = nearestName(written, known);
  return nearest ? `did you mean \`${nearest}\`?` : `known here: ${known.join(", ")}`;
}

function sizeOf(input: unknown): string {
  if (typeof input === "string") return `has ${count(input.length)} characters`;
  if (Array.isArray(input)) return `has ${count(input.length)} entries`;
  return `is ${String(input)}`;
}

function count(number: number | bigint): string {
  return number.toLocaleString("en");
}
