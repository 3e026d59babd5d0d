import { listAudit, type AuditRecord } from "../../adapters/postgres/audit.ts";
import { checkAudit } from "../../app/audit/record-audit.ts";
import { auditActions } from "../../domain/audit.ts";
import { Notice } from "../../ui/badge.tsx";
import { LinkButton } from "../../ui/button.tsx";
import { formatMany } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { readNumber } from "./read-number.ts";
import type { ClosedRoute } from "./routes.ts";

const entriesOfPage = 50;

export const auditHandlers: Record<Extract<ClosedRoute, "audit" | "verifyAudit">, ConsoleHandler> = {
  audit: renderAudit,
  verifyAudit: renderVerdict,
};

async function renderAudit(request: ConsoleRequest): Promise<Response> {
  const { c, pool } = request;
  const before = c.req.query("before");
  const found = await listAudit(pool, {
    ...(before === undefined ? {} : { before: readNumber(before) }),
    limit: entriesOfPage + 1,
  });
  const entries = found.slice(0, entriesOfPage);
  const last = found.length > entriesOfPage ? entries.at(-1) : undefined;
  return renderConsolePage(request, {
    title: "Log",
    section: "audit",
    lead: "Who did what here, by the console, the API and the command line. An entry that was removed or changed shows.",
    action: (
      <LinkButton kind="primary" href="/console/audit/verify">
        Verify the log
      </LinkButton>
    ),
    children: (
      <>
        {entries.length === 0 ? (
          <Empty>
            <h2>Nothing is written here yet</h2>
            <p>Whoever signs in, approves, sends, pauses or changes a setting leaves an entry.</p>
          </Empty>
        ) : (
          <Table label="Log" columns={[["Entry"], "When", "Who", "What", "About", "Facts"]}>
            {entries.map((entry) => (
              <tr>
                <td class="number">{entry.number}</td>
                <td>
                  <Moment at={entry.at} />
                </td>
                <td>{actorWords(entry)}</td>
                <td class="phrase">{auditActions[entry.action as keyof typeof auditActions] ?? entry.action}</td>
                <td>
                  <Subject subject={entry.subject} />
                </td>
                <td class="wide">{factWords(entry)}</td>
              </tr>
            ))}
          </Table>
        )}
        {last ? (
          <div>
            <LinkButton href={`/console/audit?before=${last.number}`}>Earlier entries</LinkButton>
          </div>
        ) : null}
      </>
    ),
  });
}

async function renderVerdict(request: ConsoleRequest): Promise<Response> {
  const { pool, config } = request;
  const { entries, head, problems } = await checkAudit(pool, config);
  return renderConsolePage(request, {
    title: "Is the log whole?",
    section: "audit",
    children: (
      <>
        <Notice state={problems.length === 0 ? "good" : "bad"} role="status">
          {problems.length === 0
            ? `Yes: ${formatMany(entries, "entry", "entries")}, each as it was written and none missing.`
            : `No: it is not as it was written.`}
        </Notice>
        {problems.length === 0 ? null : (
          <Table label="What is wrong" columns={["Entry", "What is wrong"]}>
            {problems.map(({ number, what }) => (
              <tr>
                <td>{number}</td>
                <td class="wide">{what}</td>
              </tr>
            ))}
          </Table>
        )}
        <section class="section">
          <h2>Head of the log</h2>
          <p>
            Keep this line elsewhere. <code>broadsheet audit verify --expect</code> with it proves later that nothing
            before it was cut off.
          </p>
          <code class="link">{`${head.number}:${head.hash}`}</code>
        </section>
        <div>
          <LinkButton href="/console/audit">Back to the log</LinkButton>
        </div>
      </>
    ),
  });
}

const actorKinds: Readonly<Record<string, string>> = {
  command: "the command line",
  reader: "the reader",
  system: "Broadsheet",
};

function actorWords({ actor, actorName }: AuditRecord): string {
  if (actorName === null) return actorKinds[actor] ?? actor;
  return actor.startsWith("token:") ? `API token ${actorName}` : actorName;
}

const subjectPages: Readonly<Record<string, string>> = {
  campaign: "/console/campaigns/",
  send: "/console/sends/",
  subscriber: "/console/people/",
};

function Subject({ subject }: { readonly subject: string }) {
  const [kind, id] = subject.split(":");
  const page = subjectPages[kind ?? ""];
  if (subject === "") return null;
  const words = `${kind} ${id}`;
  return page === undefined ? words : <a href={`${page}${id}`}>{words}</a>;
}

/** A hash's beginning tells it from others; the command line shows all of it. */
function shorten(value: string): string {
  return /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : value;
}

function factWords({ facts, words }: AuditRecord) {
  const parts = Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") : shorten(String(value))}`);
  return (
    <>
      {parts.join("; ")}
      {words === null ? null : <div class="muted">{words}</div>}
    </>
  );
}
