import { readdir } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { listTemplates } from "../adapters/files/template-files.ts";

/** Issues listed; years of weekly editions. */
const filesMax = 2_000;

export interface IssueFile {
  /** Short and stable, for addresses: the file's name, or "digest/sample.yaml" for a template's sample. */
  readonly key: string;
  readonly file: string;
  readonly kind: "issue" | "sample";
}

/** The issues of a folder, newest name first, then the samples of the templates. */
export async function listIssueFiles(issuesRoot: string, templatesRoot: string): Promise<readonly IssueFile[]> {
  const names = await readdir(issuesRoot).catch(() => []);
  const issues = names
    .filter((name) => [".yaml", ".yml", ".json", ".md"].includes(extname(name).toLowerCase()) && !/^readme/i.test(name))
    .toSorted()
    .toReversed()
    .slice(0, filesMax)
    .map((name): IssueFile => ({ key: name, file: join(issuesRoot, name), kind: "issue" }));
  const samples: IssueFile[] = [];
  for (const name of await listTemplates(templatesRoot)) {
    const folder = join(templatesRoot, name);
    const sample = (await readdir(folder)).find((file) => /^sample\.(ya?ml|json|md)$/.test(file));
    if (sample) samples.push({ key: `${name}/${sample}`, file: join(folder, sample), kind: "sample" });
  }
  return [...issues, ...samples];
}

/** A file that was named outright, wherever it lies. */
export function namedIssueFile(file: string): IssueFile {
  return { key: basename(file), file: resolve(file), kind: "issue" };
}
