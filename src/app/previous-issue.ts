import { readIssue } from "./compile-issue.ts";
import { listIssueFiles } from "./issue-files.ts";

/** The file of the issue with the same template that was dated last before this one; `null` for the first. */
export async function findPreviousIssue(
  file: string,
  { issuesRoot, templatesRoot }: { readonly issuesRoot: string; readonly templatesRoot: string },
): Promise<string | null> {
  const { date, template } = await readIssue(file);
  let best: { readonly file: string; readonly date: string } | null = null;
  for (const other of await listIssueFiles(issuesRoot, templatesRoot)) {
    if (other.kind !== "issue" || other.file === file) continue;
    const issue = await readIssue(other.file).catch(() => null);
    if (issue?.template !== template || issue.date >= date) continue;
    if (!best || issue.date > best.date) best = { file: other.file, date: issue.date };
  }
  return best?.file ?? null;
}
