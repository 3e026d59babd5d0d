import type { PersonEvent } from "../../adapters/postgres/person-timeline.ts";
import { Badge, type State } from "../../ui/badge.tsx";
import { Table } from "../../ui/table.tsx";
import { Moment } from "./moment.tsx";
import { DeliveryBadge } from "./state-words.tsx";

/** The kinds of a report, in the words of somebody who wonders why a mail did not arrive. */
const feedbackWords: Readonly<Record<string, readonly [State, string]>> = {
  hard: ["bad", "came back: no such mailbox"],
  soft: ["warn", "came back: not for now"],
  full: ["warn", "came back: mailbox full"],
  policy: ["warn", "came back: not accepted by policy"],
  delayed: ["neutral", "delayed on the way"],
  delivered: ["good", "delivered, says their server"],
  complaint: ["bad", "called it spam"],
  "auto-reply": ["neutral", "answered by itself"],
  reply: ["neutral", "answered"],
  unknown: ["neutral", "something came back"],
};

/** What happened to one person, newest first, as a table. */
export function Timeline({ events }: { readonly events: readonly PersonEvent[] }) {
  return (
    <Table label="Timeline" columns={["When", "What", "About", "In the words of the source"]}>
      {events.map((event) => (
        <tr>
          <td>
            <Moment at={event.at} />
          </td>
          <td>
            <What event={event} />
          </td>
          <td class="phrase">
            {event.campaignId === null ? (
              aboutOf(event)
            ) : (
              <a href={`/console/campaigns/${event.campaignId}`}>
                {event.kind === "mail" ? event.about : `campaign ${event.campaignId}`}
              </a>
            )}
          </td>
          <td class="wide">{event.kind === "joined" ? consentWords(event.detail) : event.detail}</td>
        </tr>
      ))}
    </Table>
  );
}

function What({ event: { kind, about, state } }: { readonly event: PersonEvent }) {
  switch (kind) {
    case "known":
      return <Badge>became known</Badge>;
    case "joined":
      return <Badge state="good">joined</Badge>;
    case "left":
      return <Badge>left</Badge>;
    case "suppressed":
      return <Badge state="bad">suppressed</Badge>;
    case "lifted":
      return <Badge state="good">suppression lifted</Badge>;
    case "mail":
      return state === null ? null : <DeliveryBadge state={state} />;
    case "feedback": {
      const [look, words] = feedbackWords[about] ?? ["neutral", about];
      return <Badge state={look}>{words}</Badge>;
    }
  }
}

function aboutOf({ kind, about }: PersonEvent): string {
  return kind === "feedback" ? "" : about;
}

/** "source: fair, file: fair.csv": a consent's facts, which differ by how somebody joined. */
function consentWords(json: string | null): string {
  if (json === null) return "";
  const facts = JSON.parse(json) as Record<string, unknown>;
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
