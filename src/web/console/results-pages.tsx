import { exportDeliveries } from "../../adapters/postgres/ledger/deliveries.ts";
import { findCampaign } from "../../adapters/postgres/ledger/campaigns.ts";
import { findAddressKey } from "../../adapters/postgres/person-deliveries.ts";
import { readCampaignResults } from "../../app/campaign-results.ts";
import { explainDelivery, type Explanation } from "../../app/explain-delivery.ts";
import { spreadsheetCell } from "../../lib/csv-line.ts";
import { InputError, UnavailableError } from "../../lib/errors.ts";
import { Notice } from "../../ui/badge.tsx";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Field, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { readNumber } from "./read-number.ts";
import { Results } from "./results-view.tsx";
import { isAllowed, type ClosedRoute } from "./routes.ts";
import { DeliveryBadge } from "./state-words.tsx";
import { streamPieces } from "./stream-pieces.ts";

type ResultRoute = "campaignResults" | "exportDeliveries" | "explainPage";

export const resultHandlers: Record<Extract<ClosedRoute, ResultRoute>, ConsoleHandler> = {
  campaignResults: renderResults,
  exportDeliveries: sendDeliveries,
  explainPage: renderExplain,
};

async function renderResults(request: ConsoleRequest): Promise<Response> {
  const { c, pool, session } = request;
  const campaign = await findCampaign(pool, readNumber(c.req.param("id")));
  const results = await readCampaignResults(pool, campaign);
  const path = `/console/campaigns/${campaign.id}`;
  const { role } = session.user;
  const missed = new URLSearchParams({ campaign: String(campaign.id) });
  return renderConsolePage(request, {
    title: `Results of ${campaign.issueSlug}`,
    section: "campaigns",
    lead: (
      <>
        <a href={path}>Campaign {campaign.id}</a> to {campaign.listSlug}, <Moment at={campaign.startsAt} />. Counted
        from the ledger's rows now.
      </>
    ),
    action: (
      <div class="row">
        {isAllowed(role, "explainPage") ? <LinkButton href={`${path}/explain`}>Explain a person</LinkButton> : null}
        {isAllowed(role, "newSend") ? (
          <LinkButton href={`/console/sends/new?${missed.toString()}`}>Send to those missed…</LinkButton>
        ) : null}
        {isAllowed(role, "exportDeliveries") ? (
          <LinkButton href={`${path}/deliveries.csv`} icon="download" download>
            Export CSV
          </LinkButton>
        ) : null}
      </div>
    ),
    children: <Results results={results} />,
  });
}

/** Each holds a connection of the pool while somebody reads it. */
const exportsMax = 3;
let exportsOpen = 0;

/** As fast as the reader takes it: a million rows are never held. */
async function sendDeliveries({ c, pool }: ConsoleRequest): Promise<Response> {
  const { id, issueSlug } = await findCampaign(pool, readNumber(c.req.param("id")));
  if (exportsOpen >= exportsMax)
    throw new UnavailableError("exports-open", "Other exports are under way. Try again when one of them is done.");
  return c.body(streamPieces(countOpen(exportDeliveries(pool, id, null, spreadsheetCell))), 200, {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${issueSlug.replace(/[^\w.-]/g, "-")}-deliveries.csv"`,
  });
}

async function* countOpen(pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  exportsOpen += 1;
  try {
    yield* pieces;
  } finally {
    exportsOpen -= 1;
  }
}

async function renderExplain(request: ConsoleRequest): Promise<Response> {
  const { c, pool } = request;
  const campaign = await findCampaign(pool, readNumber(c.req.param("id")));
  const text = await askedFor(request);
  let explained: Explanation | null = null;
  let problem: string | null = null;
  try {
    if (text !== "") explained = await explainDelivery(pool, text, campaign.id);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problem = error.message;
  }
  return renderConsolePage(request, {
    title: "What became of a person's mail",
    section: "campaigns",
    lead: (
      <>
        In <a href={`/console/campaigns/${campaign.id}`}>campaign {campaign.id}</a>, {campaign.issueSlug} to{" "}
        {campaign.listSlug}.
      </>
    ),
    status: problem === null ? 200 : 422,
    children: (
      <>
        <form class="form" method="get" action={`/console/campaigns/${campaign.id}/explain`}>
          <Field id="address" label="Address">
            <input
              class="input"
              id="address"
              name="address"
              value={text}
              autocomplete="off"
              spellcheck={false}
              aria-describedby={problem === null ? undefined : "address-problem"}
            />
          </Field>
          {problem === null ? null : (
            <Notice state="bad" role="alert">
              <span id="address-problem">{problem}</span>
            </Notice>
          )}
          <div>
            <SubmitButton kind="primary">Explain</SubmitButton>
          </div>
        </form>
        {explained ? <Explained explained={explained} /> : null}
      </>
    ),
  });
}

/** By address, or by the number by which another page knows them. */
async function askedFor({ c, pool }: ConsoleRequest): Promise<string> {
  const person = c.req.query("person");
  if (person !== undefined) return (await findAddressKey(pool, readNumber(person))) ?? "";
  return c.req.query("address")?.trim() ?? "";
}

function Explained({ explained }: { readonly explained: Explanation }) {
  const { delivery, attempts, feedback, lines } = explained;
  return (
    <section class="section" aria-live="polite">
      <h2>
        {delivery ? <a href={`/console/people/${delivery.subscriberId}`}>{explained.address}</a> : explained.address}
      </h2>
      {delivery ? (
        <div class="row">
          <DeliveryBadge state={delivery.state} />
          <span>{lines[0]}</span>
        </div>
      ) : (
        lines.map((line) => <p>{line}</p>)
      )}
      {attempts.length === 0 ? null : (
        <Table label="Tries" columns={["When", "Server", "Outcome", "At", "Reply"]}>
          {attempts.map((attempt) => (
            <tr>
              <td>
                <Moment at={attempt.endedAt} />
              </td>
              <td>{attempt.server}</td>
              <td>{attempt.outcome}</td>
              <td>{attempt.phase ?? "?"}</td>
              <td class="wide">{attempt.reply}</td>
            </tr>
          ))}
        </Table>
      )}
      {feedback.length === 0 ? null : (
        <Table label="What came back" columns={["When", "From", "What", "In its words", "What it did"]}>
          {feedback.map((row) => (
            <tr>
              <td>
                <Moment at={row.at} />
              </td>
              <td>{row.source}</td>
              <td>{row.reason ? `${row.kind}, ${row.reason}` : row.kind}</td>
              <td class="wide">{row.diagnostic}</td>
              <td>{row.effects.join(", ")}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
