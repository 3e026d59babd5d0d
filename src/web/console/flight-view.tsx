import type { ProposalOptions, ProposedFlight } from "../../adapters/postgres/approvals.ts";
import { Badge, Notice } from "../../ui/badge.tsx";
import { formatBytes, formatCount, formatMany } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import { severityLooks } from "./issue-pages.tsx";
import { Moment } from "./moment.tsx";

/** What was asked for beside list, segment and time, in words. */
export function optionFacts(options: ProposalOptions): readonly (readonly [string, string | null])[] {
  const { window, canary, canaryWait, policy, whom } = options;
  return [
    ["Whom", whom === undefined ? null : whomWords[whom]],
    ["Hours", window === undefined ? null : `only ${window} of the reader's day`],
    [
      "First share",
      canary === undefined ? null : `${canary}; the others ${canaryWait ?? "30m"} later, if it went well`,
    ],
    ["No answer", policy === "resend" ? "sent again: some may get it twice" : "held for somebody to decide"],
  ];
}

const whomWords = {
  missed: "only those who did not get it: refused, skipped, or come since",
  again: "everybody, also who got it already",
} as const;

/** When it would go out, and what there is to know of it before. */
export function Flight({ flight, reckonedAt }: { readonly flight: ProposedFlight; readonly reckonedAt: Date }) {
  const { legs, missing, largestBytes, findings } = flight;
  const assumed = legs.some((leg) => leg.assumed);
  return (
    <>
      {missing.map(({ field, count }) => (
        <Notice state="warn">
          <span>
            {formatMany(count, "person", "people")} would be skipped: they have no {field}, and the issue has no
            fallback for it.
          </span>
        </Notice>
      ))}
      {legs.length === 0 ? null : (
        <section class="section">
          <h2>When it goes out</h2>
          <p class="muted">
            {flight.endsAt === null ? (
              "It does not end by itself: a lane stands, or its cap lets nothing through. "
            ) : (
              <>
                The last mail goes about <Instant text={flight.endsAt} />.{" "}
              </>
            )}
            {largestBytes === null ? null : `The largest message has ${formatBytes(largestBytes)}. `}
            Reckoned <Moment at={reckonedAt} /> with the pace that each lane had then.
          </p>
          <Table label="When it goes out" columns={["Lane", ["Mails"], "From", "To about"]}>
            {legs.map((leg) => (
              <tr>
                <td>{leg.lane}</td>
                <td class="number">{formatCount(leg.count)}</td>
                <td>
                  <Instant text={leg.startsAt} />
                </td>
                <td>
                  {leg.endsAt === null ? (
                    <Badge state="warn">
                      {leg.pausedReason === null ? "never: the cap is too low" : `paused: ${leg.pausedReason}`}
                    </Badge>
                  ) : (
                    <Instant text={leg.endsAt} />
                  )}
                </td>
              </tr>
            ))}
          </Table>
          {assumed ? <p class="muted small">A lane without a pace is reckoned at 500 mails a second.</p> : null}
        </section>
      )}
      <section class="section">
        <h2>What the checks say</h2>
        {findings.length === 0 ? (
          <p>
            <Badge state="good">nothing found</Badge>
          </p>
        ) : (
          <Table label="Findings" columns={["Severity", "Line", "What", "How to mend it"]}>
            {findings.map((finding) => (
              <tr>
                <td>
                  <Badge state={severityLooks[finding.severity]}>{finding.severity}</Badge>
                </td>
                <td class="numbers">{finding.line ?? ""}</td>
                <td class="wide">{finding.message}</td>
                <td class="wide">{finding.mend}</td>
              </tr>
            ))}
          </Table>
        )}
      </section>
    </>
  );
}

/** To the second: a small list is through within one minute. */
function Instant({ text }: { readonly text: string }) {
  return <time datetime={text}>{`${text.slice(0, 19).replace("T", " ")} UTC`}</time>;
}
