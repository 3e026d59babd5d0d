import { basename } from "node:path";
import { checkIssues } from "../../app/check-issues.ts";
import { listIssueFiles } from "../../app/issue-files.ts";
import { readIssue } from "../../app/compile-issue.ts";
import { issuesRoot, templatesRoot } from "../../app/project.ts";
import { InputError } from "../../lib/errors.ts";
import { Badge } from "../../ui/badge.tsx";
import { LinkButton } from "../../ui/button.tsx";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { isAllowed, type ClosedRoute } from "./routes.ts";

export const severityLooks = { error: "bad", warning: "warn", note: "neutral" } as const;

export const issueHandlers: Record<Extract<ClosedRoute, "issues" | "issue">, ConsoleHandler> = {
  issues: renderIssues,
  issue: renderIssue,
};

/** The files that can be sent, newest name first. */
export async function sendableIssues(): Promise<readonly { readonly key: string; readonly file: string }[]> {
  return (await listIssueFiles(issuesRoot, templatesRoot)).filter(({ kind }) => kind === "issue");
}

/** Only a name that the folder has: no path of anybody's leads elsewhere. @throws InputError `unknown-issue` */
export async function findIssueFile(key: string): Promise<string> {
  const found = (await sendableIssues()).find((issue) => issue.key === key);
  if (!found) throw new InputError({ code: "unknown-issue", message: "There is no such file in issues/." });
  return found.file;
}

/** The file of an issue by the issue's own name; `null` where it is gone. Files that are no issues are passed over. */
export async function findIssueKey(slug: string): Promise<string | null> {
  for (const { key, file } of await sendableIssues()) {
    try {
      if ((await readIssue(file)).slug === slug) return key;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return null;
}

async function renderIssues(request: ConsoleRequest): Promise<Response> {
  const issues = await sendableIssues();
  return renderConsolePage(request, {
    title: "Issues",
    section: "issues",
    lead: "The files in issues/, newest name first. They are written in an editor; open one to see what the checks say.",
    children:
      issues.length === 0 ? (
        <Empty>
          <h2>No issue was written yet</h2>
          <p>
            An issue is one file in <code>issues/</code>, in YAML or Markdown. Copy a template's sample and change it:
          </p>
          <code>cp templates/digest/sample.yaml issues/2026-12-first.yaml</code>
        </Empty>
      ) : (
        <Table label="Issues" columns={["File"]}>
          {issues.map(({ key }) => (
            <tr>
              <td>
                <a href={`/console/issues/${encodeURIComponent(key)}`}>{key}</a>
              </td>
            </tr>
          ))}
        </Table>
      ),
  });
}

async function renderIssue(request: ConsoleRequest): Promise<Response> {
  const { c, config, session } = request;
  const key = c.req.param("key") ?? "";
  const { findings } = await checkIssues([await findIssueFile(key)], config);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return renderConsolePage(request, {
    title: key,
    section: "issues",
    lead: "What the checks say of this file now.",
    action: isAllowed(session.user.role, "newSend") ? (
      <LinkButton
        {...(errors === 0 ? { kind: "primary" as const } : {})}
        href={`/console/sends/new?${new URLSearchParams({ issue: key }).toString()}`}
      >
        Prepare a send
      </LinkButton>
    ) : null,
    children:
      findings.length === 0 ? (
        <p>
          <Badge state="good">nothing found</Badge>
        </p>
      ) : (
        <Table label="Findings" columns={["Severity", "Place", "What", "How to mend it"]}>
          {findings.map((finding) => (
            <tr>
              <td>
                <Badge state={severityLooks[finding.severity]}>{finding.severity}</Badge>
              </td>
              <td class="numbers">{placeWords(finding.place)}</td>
              <td class="wide">{finding.message}</td>
              <td class="wide">{finding.mend}</td>
            </tr>
          ))}
        </Table>
      ),
  });
}

function placeWords(place: { readonly file: string; readonly line?: number }): string {
  return place.line === undefined ? basename(place.file) : `line ${place.line}`;
}
