import type { CaughtMail, MailContent } from "../domain/caught-mail.ts";
import { Badge, Notice, type State } from "../ui/badge.tsx";
import { ActionButton } from "../ui/button.tsx";
import { Facts } from "../ui/facts.tsx";
import { formatBytes } from "../ui/format.ts";
import { Table } from "../ui/table.tsx";
import { type Place, writeQuery } from "./catcher-links.ts";
import type { DkimVerdict } from "./catcher-options.ts";
import { formatMoment } from "./catcher-time.tsx";
import type { UnsubscribeAnswer, UnsubscribeOffer, UnsubscribeWay } from "./catcher-unsubscribe.ts";

export interface ChecksProps {
  readonly mail: CaughtMail;
  readonly content: MailContent;
  readonly place: Place;
  readonly offer: UnsubscribeOffer;
  readonly answer: UnsubscribeAnswer | undefined;
  /** `undefined` where no verifier was given; a sentence where it failed. */
  readonly dkim: readonly DkimVerdict[] | string | undefined;
}

/** Gmail shows no more than this of the HTML (102 KB, counted decoded). */
const clipBytes = 102 * 1024;

export function ChecksView(props: ChecksProps) {
  return (
    <div class="view" tabindex={0}>
      <div class="view-inner">
        <Unsubscribe {...props} />
        <Dkim verdicts={props.dkim} />
        <Size {...props} />
        <Envelope mail={props.mail} content={props.content} />
      </div>
    </div>
  );
}

function Unsubscribe({ mail, place, offer, answer }: ChecksProps) {
  return (
    <section class="card stack" id="unsubscribe">
      <div class="row">
        <h2>Leaving the list</h2>
        {offer.header === null ? <Badge state="warn">no List-Unsubscribe</Badge> : null}
        <OneClick ways={offer.ways} />
      </div>
      {answer ? <Answer answer={answer} /> : null}
      {offer.ways.length === 0 ? (
        <p class="muted">
          This mail offers no way to leave by its header. Bulk mail needs one; a confirmation or a test does not.
        </p>
      ) : (
        <Facts facts={offer.ways.map((way) => [nameWay(way), way.url])} />
      )}
      {offer.tryUrl === null ? (
        offer.ways.length > 0 && (
          <p class="muted small">None of these is a page of our own, so nothing is tried from here.</p>
        )
      ) : (
        <div class="row">
          <ActionButton
            id="act-unsubscribe"
            icon="leave"
            action={`/mail/${mail.id}/unsubscribe${writeQuery({ q: place.query, start: place.start })}`}
          >
            Try it
          </ActionButton>
          <span class="muted small">
            Sends what a mail program would: one POST, without cookies. It really unsubscribes.
          </span>
        </div>
      )}
    </section>
  );
}

/** RFC 8058 section 3.1: one https URI. */
function OneClick({ ways }: { readonly ways: readonly UnsubscribeWay[] }) {
  const offered = ways.filter(({ kind }) => kind === "one-click");
  if (offered.length === 0) return null;
  if (offered.length > 1) return <Badge state="bad">more than one URL</Badge>;
  if (!offered[0]?.url.startsWith("https:")) return <Badge state="warn">one click, but not by https</Badge>;
  return <Badge state="good">one click</Badge>;
}

function nameWay({ kind }: UnsubscribeWay): string {
  return { "one-click": "One click (POST)", link: "Link", mailto: "By mail", page: "Link in the mail" }[kind];
}

function Answer({ answer }: { readonly answer: UnsubscribeAnswer }) {
  return (
    <div class="stack">
      <Notice state={answer.isGood ? "good" : "bad"} role="status">
        {answer.status === null ? "No answer" : `Answered ${answer.status}`}
        {answer.isGood ? ": a mail program takes this as done." : ": a mail program takes this as failed."}
      </Notice>
      {answer.text === "" ? null : <code class="code small">{answer.text}</code>}
    </div>
  );
}

function Dkim({ verdicts }: { readonly verdicts: ChecksProps["dkim"] }) {
  return (
    <section class="card stack">
      <h2>DKIM signatures</h2>
      {verdicts === undefined ? (
        <p class="muted">No verifier runs in this catcher.</p>
      ) : typeof verdicts === "string" ? (
        <Notice state="warn">{verdicts}</Notice>
      ) : verdicts.length === 0 ? (
        <p class="muted">This mail is not signed. Gmail, Yahoo and Microsoft refuse unsigned bulk mail.</p>
      ) : (
        <Table label="DKIM signatures" columns={["Verdict", "Domain", "Selector", "Reason"]}>
          {verdicts.map((verdict) => (
            <tr>
              <td>
                <Badge state={stateOf(verdict.result)}>{verdict.result}</Badge>
              </td>
              <td>{verdict.domain}</td>
              <td>{verdict.selector}</td>
              <td>{verdict.reason}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function stateOf(result: string): State {
  if (result === "pass") return "good";
  return result === "fail" || result === "permerror" ? "bad" : "warn";
}

function Size({ mail, content }: ChecksProps) {
  const htmlBytes = Buffer.byteLength(content.html ?? "");
  const isClipped = htmlBytes > clipBytes;
  return (
    <section class="card stack">
      <div class="row">
        <h2>Size</h2>
        {content.html === null ? null : isClipped ? (
          <Badge state="bad">Gmail cuts it</Badge>
        ) : (
          <Badge state="good">whole in Gmail</Badge>
        )}
      </div>
      <Facts
        facts={[
          ["Whole mail", formatBytes(mail.sizeBytes)],
          [
            "HTML",
            content.html === null ? "none" : `${formatBytes(htmlBytes)} of ${formatBytes(clipBytes)} that Gmail shows`,
          ],
          ["Text", content.text === null ? "none" : formatBytes(Buffer.byteLength(content.text))],
        ]}
      />
    </section>
  );
}

function Envelope({ mail, content }: { readonly mail: CaughtMail; readonly content: MailContent }) {
  const { envelope } = mail;
  const { client } = envelope;
  const asked = envelope.to.filter(({ notify }) => notify.length > 0).map(({ notify }) => notify.join(", "));
  return (
    <section class="card stack">
      <h2>Envelope</h2>
      <Facts
        facts={[
          ["MAIL FROM", envelope.from === "" ? "the null sender <>" : envelope.from],
          ["RCPT TO", envelope.to.map(({ address }) => address).join(", ")],
          ["Caught", formatMoment(mail.arrivedAt)],
          ["Date in the mail", content.date ? formatMoment(content.date) : "none, or no date"],
          ["Message-ID", mail.messageId === "" ? "none" : `<${mail.messageId}>`],
          ["Client", [client.address, client.hello].filter((part) => part !== "").join(", ")],
          ["Logged in as", client.user],
          ["Connection", client.tls ? "encrypted (STARTTLS)" : "not encrypted"],
          ["SMTPUTF8", envelope.smtpUtf8 ? "asked for" : null],
          ["Delivery reports", asked.length > 0 ? [...new Set(asked)].join("; ") : null],
          ["Envelope id", envelope.envelopeId],
        ]}
      />
    </section>
  );
}
