import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { listTemplates } from "../adapters/files/template-files.ts";
import { InputError } from "../lib/errors.ts";

/** A name that is also a folder's and stands in an issue's `template:`. */
const templateName = /^[a-z][a-z0-9-]{0,39}$/;
const issueSlug = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]{0,119}$/u;

/**
 * A template of one's own to begin with: a copy of a built-in one under a new name, with its sample.
 * @throws InputError `template-name` for a bad or a taken name, `template-unknown`
 */
export async function createTemplate(root: string, name: string, from: string): Promise<string> {
  const known = await listTemplates(root);
  if (!templateName.test(name))
    throw refuse("template-name", `A template's name is made of small letters, digits and hyphens; "${name}" is not.`);
  if (existsSync(join(root, name))) throw refuse("template-name", `There is a folder ${join(root, name)} already.`);
  if (!known.includes(from))
    throw refuse("template-unknown", `There is no template "${from}"; there are: ${known.join(", ")}.`);
  const folder = join(root, name);
  await cp(join(root, from), folder, { recursive: true, errorOnExist: true, force: false });
  const sample = join(folder, "sample.yaml");
  if (existsSync(sample)) {
    const text = await readFile(sample, "utf8");
    await writeFile(sample, text.replace(/^template:.*$/m, `template: ${name}`));
  }
  return folder;
}

/**
 * An issue to begin with, valid as it stands.
 * @param today `YYYY-MM-DD`
 * @throws InputError `issue-file-name` for a bad or a taken name, `template-unknown`
 */
export async function createIssue(
  roots: { readonly issues: string; readonly templates: string },
  options: { readonly slug: string; readonly template: string; readonly today: string },
): Promise<string> {
  const { slug, template, today } = options;
  if (!issueSlug.test(slug))
    throw refuse(
      "issue-file-name",
      `"${slug}" can't be an issue's name: use letters, digits, "-", "_" and ".", such as 2026-12-news.`,
    );
  const known = await listTemplates(roots.templates);
  if (!known.includes(template))
    throw refuse("template-unknown", `There is no template "${template}"; there are: ${known.join(", ")}.`);
  await mkdir(roots.issues, { recursive: true });
  const file = join(roots.issues, `${slug}.yaml`);
  try {
    await writeFile(file, issueText(template, today), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw refuse("issue-file-name", `There is an issue ${file} already.`);
  }
  return file;
}

function issueText(template: string, today: string): string {
  return `# yaml-language-server: $schema=../docs/issue.schema.json
template: ${template}
lang: en
subject: The one thing that makes people open it
preheader: The line that inboxes show after the subject; say here why to read on.
title: The newsletter's name
date: ${today}

blocks:
  - type: text
    text: |
      Hi {{subscriber.firstName|there}},

      the first sentence says why to read on.

  - type: article
    title: What happened
    text: Two or three sentences, and one link that says where it goes.
    action: { text: Read the whole story, href: https://news.example.com/story }

  - type: signoff
    text: Until next time,
    from: Who writes
`;
}

function refuse(code: string, message: string): InputError {
  return new InputError({ code, message });
}
