import type { CampaignResults, CampaignSummary } from "../../app/campaign-results.ts";
import type { AcceptedSpan, GroupResult } from "../../adapters/postgres/ledger/results.ts";
import { BarChart, LineChart } from "../../ui/chart.tsx";
import { formatCount, formatMany, formatPercent } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import { Moment } from "./moment.tsx";

/** The report: the balance, how it came about, what came back, and how that compares. */
export function Results({ results }: { readonly results: CampaignResults }) {
  const { summary, time, lanes, providers, refusals, returns, earlier } = results;
  return (
    <>
      <SummaryFigures summary={summary} />
      <Time time={time} />
      <Groups
        id="lanes"
        title="By lane"
        words="The pace that each mail was planned under."
        column="Lane"
        groups={lanes}
      />
      <Groups
        id="providers"
        title="By provider"
        words="By the domains of addresses; those that a lane names together are one provider."
        column="Provider"
        groups={providers}
      />
      <Refusals refused={summary.balance.refused} refusals={refusals} />
      <Returns returns={returns} />
      <Comparison summary={summary} earlier={earlier} />
    </>
  );
}

function SummaryFigures({ summary }: { readonly summary: CampaignSummary }) {
  const { planned, accepted, refused, skipped, uncertain, remaining } = summary.balance;
  return (
    <section class="section">
      <dl class="figures">
        {(
          [
            ["Planned", planned, null],
            ["Accepted", accepted, planned],
            ["Refused", refused, planned],
            ["Skipped", skipped, planned],
            ["Uncertain", uncertain, planned],
            ["To go", remaining, planned],
          ] as const
        ).map(([name, count, whole]) => (
          <Figure name={name} count={count} whole={whole} />
        ))}
      </dl>
      <dl class="figures">
        {(
          [
            ["Came back", summary.bounced],
            ["Called it spam", summary.complained],
            ["Left by this mail", summary.left],
          ] as const
        ).map(([name, count]) => (
          <Figure name={name} count={count} whole={accepted} />
        ))}
      </dl>
      <p class="muted small">
        Planned = accepted + refused + skipped + uncertain + to go, always. The second row is of those accepted: mails
        that a server took and returned later, readers whose provider told of a complaint (many tell none), and readers
        who left by a link in this mail and have not come back.
      </p>
    </section>
  );
}

function Figure(props: { readonly name: string; readonly count: number; readonly whole: number | null }) {
  return (
    <div>
      <dt>
        {props.name}
        {props.whole === null ? null : `, ${formatPercent(props.count, props.whole)}`}
      </dt>
      <dd>{formatCount(props.count)}</dd>
    </div>
  );
}

function Time({ time }: { readonly time: CampaignResults["time"] }) {
  const { spans, widthSeconds } = time;
  const running = accumulate(spans);
  const total = running.at(-1)?.value ?? 0;
  const first = spans[0]?.from;
  const last = spans.at(-1)?.from;
  if (!first || !last) return null;
  const until = new Date(last.getTime() + widthSeconds * 1_000);
  return (
    <section class="section">
      <h2>Accepted over time</h2>
      <LineChart
        id="time"
        title="Mails accepted over time"
        description={`${formatMany(total, "mail")} in all, from ${utc(first)} to ${utc(until)}. The table below has each step.`}
        points={running.flatMap(({ from, before, value }) => [
          // It stands still between two pieces of time.
          { at: from, value: before },
          { at: from + widthSeconds * 1_000, value },
        ])}
        axis={{ from: utc(first), to: utc(until), highest: formatMany(total, "mail") }}
      />
      <details>
        <summary>The numbers, each {widthWords(widthSeconds)}</summary>
        <Table label="Accepted over time" columns={["From", ["Accepted"], ["In all"]]}>
          {spans.map((span, index) => (
            <tr>
              <td>
                <Moment at={span.from} />
              </td>
              <td class="number">{formatCount(span.accepted)}</td>
              <td class="number">{formatCount(running[index]?.value ?? 0)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}

/** All that was accepted before and after each piece. */
function accumulate(spans: readonly AcceptedSpan[]) {
  let sum = 0;
  return spans.map(({ from, accepted }) => {
    const before = sum;
    sum += accepted;
    return { from: from.getTime(), before, value: sum };
  });
}

function utc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function widthWords(seconds: number): string {
  if (seconds < 3_600) return formatMany(seconds / 60, "minute");
  return seconds < 86_400 ? formatMany(seconds / 3_600, "hour") : formatMany(seconds / 86_400, "day");
}

function Groups(props: {
  readonly id: string;
  readonly title: string;
  readonly words: string;
  readonly column: string;
  readonly groups: readonly GroupResult[];
}) {
  if (props.groups.length === 0) return null;
  return (
    <section class="section">
      <h2>{props.title}</h2>
      <p class="muted">{props.words}</p>
      <div class="beside">
        <BarChart
          id={props.id}
          title={`Accepted ${props.title.toLowerCase()}`}
          description={props.groups
            .map(({ name, accepted, planned }) => `${name}: ${formatCount(accepted)} of ${formatCount(planned)}`)
            .join("; ")}
          bars={props.groups.map(({ name, accepted, planned }) => ({
            label: name,
            value: accepted,
            whole: planned,
            words: `${formatCount(accepted)}, ${formatPercent(accepted, planned)}`,
          }))}
        />
        <Table
          label={props.title}
          columns={[props.column, ["Planned"], ["Accepted"], ["Refused"], ["Skipped"], ["Uncertain"]]}
        >
          {props.groups.map((group) => (
            <tr>
              <td>{group.name}</td>
              {(["planned", "accepted", "refused", "skipped", "uncertain"] as const).map((part) => (
                <td class="number">{formatCount(group[part])}</td>
              ))}
            </tr>
          ))}
        </Table>
      </div>
    </section>
  );
}

function Refusals(props: { readonly refused: number; readonly refusals: CampaignResults["refusals"] }) {
  const told = props.refusals.reduce((sum, { count }) => sum + count, 0);
  return (
    <section class="section">
      <h2>Why mails were refused</h2>
      {props.refusals.length === 0 ? (
        <p class="muted">None was refused.</p>
      ) : (
        <Table label="Refusals" columns={[["People"], ["Of refused"], "Reason", "Most frequent reply"]}>
          {props.refusals.map((refusal) => (
            <tr>
              <td class="number">{formatCount(refusal.count)}</td>
              <td class="number">{formatPercent(refusal.count, props.refused)}</td>
              <td class="phrase">{refusal.sentence}</td>
              <td class="wide">{refusal.example}</td>
            </tr>
          ))}
        </Table>
      )}
      {told < props.refused ? (
        <p class="muted small">
          {formatMany(props.refused - told, "rarer reply", "rarer replies")} are not told apart here; the export has
          each.
        </p>
      ) : null}
    </section>
  );
}

const returnWords: Readonly<Record<string, string>> = {
  hard: "Came back: the address does not work",
  soft: "Came back: a trouble that may pass",
  full: "Came back: the mailbox is full",
  policy: "Came back: refused by a policy",
  delayed: "Still tried by their server",
  delivered: "Told to have arrived, or passed on",
  complaint: "Called spam by the reader",
  "auto-reply": "Answered by a machine",
  reply: "Answered by a person",
  unknown: "A report that nobody understands",
};

function Returns({ returns }: { readonly returns: CampaignResults["returns"] }) {
  return (
    <section class="section">
      <h2>What came back afterwards</h2>
      {returns.length === 0 ? (
        <p class="muted">Nothing came back so far.</p>
      ) : (
        <Table label="What came back" columns={[["Mails"], "What", "Reason"]}>
          {returns.map(({ kind, reason, deliveries }) => (
            <tr>
              <td class="number">{formatCount(deliveries)}</td>
              <td>{returnWords[kind] ?? kind}</td>
              <td>{reason ?? <span class="muted">none given</span>}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function Comparison(props: { readonly summary: CampaignSummary; readonly earlier: readonly CampaignSummary[] }) {
  return (
    <section class="section">
      <h2>Beside the last ones to this list</h2>
      {props.earlier.length === 0 ? (
        <p class="muted">It is the first campaign to this list.</p>
      ) : (
        <Table
          label="Beside the last ones"
          columns={["Issue", "Starts", ["Planned"], ["Accepted"], ["Refused"], ["Came back"], ["Spam"], ["Left"]]}
        >
          {[props.summary, ...props.earlier].map(
            ({ id, issueSlug, startsAt, balance, bounced, complained, left }, index) => (
              <tr>
                <td>
                  {index === 0 ? (
                    <strong>{issueSlug}</strong>
                  ) : (
                    <a href={`/console/campaigns/${id}/results`}>{issueSlug}</a>
                  )}
                </td>
                <td>
                  <Moment at={startsAt} />
                </td>
                <td class="number">{formatCount(balance.planned)}</td>
                <td class="number">{formatPercent(balance.accepted, balance.planned)}</td>
                <td class="number">{formatPercent(balance.refused, balance.planned)}</td>
                <td class="number">{formatPercent(bounced, balance.accepted)}</td>
                <td class="number">{formatPercent(complained, balance.accepted)}</td>
                <td class="number">{formatPercent(left, balance.accepted)}</td>
              </tr>
            ),
          )}
        </Table>
      )}
    </section>
  );
}
