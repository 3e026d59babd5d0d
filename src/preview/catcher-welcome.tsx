import { Badge } from "../ui/badge.tsx";
import { Icon } from "../ui/icon.tsx";
import { Table } from "../ui/table.tsx";

/** What an empty box says: what to do next. */
export function EmptyInbox({ smtpUrl }: { readonly smtpUrl: string }) {
  const { hostname, port } = new URL(smtpUrl);
  return (
    <main class="welcome is-only" id="main" tabindex={0}>
      <div class="welcome-inner">
        <div class="empty">
          <Icon name="inbox" />
          <h1>Nothing caught yet</h1>
          <p class="muted">
            Every mail sent to <code>{smtpUrl}</code> lands here instead of in somebody's inbox. It appears by itself:
            leave this page open.
          </p>
        </div>
        <div class="columns">
          <section class="card stack">
            <h2>Broadsheet</h2>
            <p>Without further settings it sends here already. To say so:</p>
            <code class="code">SMTP_URL={smtpUrl} npx broadsheet send …</code>
          </section>
          <section class="card stack">
            <h2>Any other program</h2>
            <p>
              Any user name and password will do, and none. STARTTLS is there, with a certificate of its own making.
            </p>
            <code class="code">{`host ${hostname}\nport ${port}`}</code>
          </section>
          <section class="card stack">
            <h2>By hand</h2>
            <p>A first mail, with nothing but what the system has:</p>
            <code class="code">{`curl ${smtpUrl} --mail-from me@example.com \\\n  --mail-rcpt you@example.org -T mail.eml`}</code>
          </section>
          <section class="card stack">
            <h2>From a test</h2>
            <p>Wait for the mail instead of polling. Clients written for Mailpit work, too.</p>
            <code class="code">GET /api/wait?query=to:you@example.org&amp;timeout=5000</code>
          </section>
        </div>
        <FaultAddresses />
      </div>
    </main>
  );
}

const faultAddresses: readonly (readonly [address: string, what: string])[] = [
  ["450+greylist@…", "refused on the first try, accepted on the next"],
  ["550+any@…", "refused for good; 421, 450, 552 and every other 4xx and 5xx likewise"],
  ["dot451+any@…", "refused after the whole mail came; mail, data and dot name the stage"],
  ["drop+any@…", "taken, then the line is cut before the reply: did it arrive?"],
  ["slow30+any@…", "the reply comes after 30 seconds"],
  ["dsn+any@…", "accepted, then a bounce comes back; dsn522+ says mailbox full"],
  ["complain+any@…", "accepted, then a complaint comes back, as when a reader presses spam"],
];

export function FaultAddresses() {
  return (
    <section class="card stack">
      <h2>Things that go wrong, by address</h2>
      <Table label="Faults by address" columns={["A recipient like", "What happens"]}>
        {faultAddresses.map(([address, what]) => (
          <tr>
            <th scope="row">
              <code>{address}</code>
            </th>
            <td>{what}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

const keys: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["j", "k"], "next and previous mail"],
  [["/"], "search"],
  [["1", "…", "6"], "HTML, text, headers, parts, raw, checks"],
  [["u"], "mark as unread"],
  [["Del"], "delete this mail"],
  [["Esc"], "back to the list"],
  [["?"], "this page"],
];

export function Keys() {
  return (
    <section class="card stack">
      <h2>Keys</h2>
      <dl class="keys">
        {keys.map(([names, what]) => (
          <>
            <dt>{names.map((name) => (name === "…" ? <span>…</span> : <kbd>{name}</kbd>))}</dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

/** Beside the list, where no mail is chosen. */
export function ChooseMail({ smtpUrl, faults }: { readonly smtpUrl: string; readonly faults: readonly string[] }) {
  return (
    <section class="welcome" id="mail" aria-label="No mail chosen" tabindex={0}>
      <div class="welcome-inner">
        <div class="empty">
          <Icon name="mail" />
          <h2>Choose a mail</h2>
          <p class="muted">
            Or press <kbd>j</kbd>. Mails sent to <code>{smtpUrl}</code> appear here by themselves.
          </p>
        </div>
        {faults.length > 0 ? <FaultRules faults={faults} /> : null}
        <div class="columns">
          <Keys />
        </div>
      </div>
    </section>
  );
}

/** So that nobody wonders why mail is refused. */
export function FaultRules({ faults }: { readonly faults: readonly string[] }) {
  return (
    <section class="card stack">
      <div class="row">
        <h2>Faults that were asked for</h2>
        <Badge state="warn">on</Badge>
      </div>
      <code class="code">{faults.join("\n")}</code>
    </section>
  );
}

const searches: readonly (readonly [example: string, what: string])[] = [
  ["hello world", "both words, in subject, people or text"],
  ['"hello world"', "the two together"],
  ["from: to: cc: bcc: reply-to: addressed:", "people, by any part of name or address"],
  ["subject: message-id: tag:", "by any part of it; a tag as a whole"],
  ["campaign:c12", "mails of one campaign"],
  ["header:List-Id=news", "a header field that contains the value; without = one that is there"],
  ["is:unread is:read has:attachment has:inline", "by state"],
  ["larger:100kb smaller:1mb", "by size"],
  ["after:2026-05-01 before:2026-05-02T12:00", "by time of arrival"],
  ["-subject:hello", "a minus turns a word round"],
];

export function Help({ smtpUrl, faults }: { readonly smtpUrl: string; readonly faults: readonly string[] }) {
  return (
    <main class="welcome is-only" id="main" tabindex={0}>
      <div class="welcome-inner">
        <div class="stack">
          <h1>How this works</h1>
          <p class="muted">
            The catcher takes every mail sent to <code>{smtpUrl}</code> and delivers none. It keeps the newest; the
            oldest make room. The whole story is in <code>docs/catcher.md</code>, the API in{" "}
            <a href="/api/openapi.json">openapi.json</a>.
          </p>
        </div>
        {faults.length > 0 ? <FaultRules faults={faults} /> : null}
        <section class="card stack">
          <h2>Searching</h2>
          <Table label="Searches" columns={["Words", "Find"]}>
            {searches.map(([example, what]) => (
              <tr>
                <th scope="row">
                  <code>{example}</code>
                </th>
                <td>{what}</td>
              </tr>
            ))}
          </Table>
        </section>
        <FaultAddresses />
        <div class="columns">
          <Keys />
          <section class="card stack">
            <h2>From tests</h2>
            <p>Mailpit's API, version 1, at this address, and beside it:</p>
            <code class="code">{"GET /api/wait?query=…&timeout=5000\nGET /api/faults\nPUT /api/faults"}</code>
          </section>
        </div>
      </div>
    </main>
  );
}
