import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadTemplate } from "../../src/adapters/files/template-files.ts";
import { compileDigest } from "../../src/digest/compile-digest.ts";
import type { DigestVariant } from "../../src/domain/digest.ts";
import type { Issue } from "../../src/domain/issue.ts";
import { fillSlots, type SlottedText } from "../../src/domain/slotted-text.ts";
import { parseIssue } from "../../src/issue/parse-issue.ts";
import { resolveEveryPicture, richSender } from "./rich-issue.ts";

export const templateNames = ["digest", "letter", "links"] as const;

/** An issue through its template, with pictures that need no file and every block of every audience. */
export async function compileIssueHere(issue: Issue): Promise<DigestVariant> {
  const template = await loadTemplate(join("templates", issue.template));
  const pictures = resolveEveryPicture(issue);
  const inputs = { issue, template, sender: richSender, pictures, publicUrl: "https://news.example.com" };
  const { variants } = await compileDigest(inputs);
  return [...variants.values()].at(-1) as DigestVariant;
}

export function readIssueFile(file: string): Issue {
  return { ...parseIssue(readFileSync(file), file), folder: dirname(file) };
}

/** As a reader in Berlin would get it who gave no name. */
export function fillForReader(source: SlottedText): string {
  return fillSlots(source, ({ name, fallback }) => {
    if (name.startsWith("link.")) return `https://news.example.com/${name.slice("link.".length)}/AbCd0123`;
    if (name === "subscriber.address") return "ada@example.com";
    return fallback ?? name;
  });
}
