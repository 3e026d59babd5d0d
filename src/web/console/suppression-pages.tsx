import { listSuppressions } from "../../adapters/postgres/suppressions.ts";
import { liftByHand, suppressByHand } from "../../app/change-suppression.ts";
import { suppressionReasons, type Suppression, type SuppressionReason } from "../../domain/suppression.ts";
import { InputError } from "../../lib/errors.ts";
import { Badge, Notice } from "../../ui/badge.tsx";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, Field, Form, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import type { ClosedRoute } from "./routes.ts";

const rowsOfPage = 50;
/** An erased person's hash is long and says nothing. */
const hashCharactersShown = 12;

export const suppressionHandlers: Record<
  Extract<ClosedRoute, "suppressions" | "addSuppression" | "liftSuppression">,
  ConsoleHandler
> = {
  suppressions: (request) => renderSuppressions(request),
  addSuppression: (request) => change(request, suppressByHand, "suppressed"),
  liftSuppression: (request) => change(request, liftByHand, "lifted"),
};

async function change(
  request: ConsoleRequest,
  act: typeof suppressByHand | typeof liftByHand,
  done: "suppressed" | "lifted",
): Promise<Response> {
  const { c, pool, config, form, session } = request;
  try {
    await act(pool, config, `user:${session.user.id}`, form.get("address") ?? "", form.get("reason") ?? "");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return renderSuppressions(request, error.message);
  }
  return c.redirect(`/console/suppressions?done=${done}`, 303);
}

async function renderSuppressions(request: ConsoleRequest, problem?: string): Promise<Response> {
  const { c, pool, form } = request;
  const prefix = (c.req.query("q") ?? "").trim().toLowerCase();
  const asked = c.req.query("reason") ?? "";
  const reason = suppressionReasons.find((one) => one === asked);
  const after = c.req.query("after");
  const found = await listSuppressions(pool, {
    prefix,
    ...(reason ? { reason } : {}),
    ...(after === undefined ? {} : { after }),
    limit: rowsOfPage + 1,
  });
  const rows = found.slice(0, rowsOfPage);
  const last = found.length > rowsOfPage ? rows.at(-1) : undefined;
  return renderConsolePage(request, {
    title: "Suppressions",
    section: "people",
    lead: "Who must not be mailed, whatever list they are on: addresses, and whole domains as @example.com.",
    status: problem === undefined ? 200 : 422,
    children: (
      <>
        <Search prefix={prefix} reason={reason} />
        {rows.length === 0 ? (
          <Empty>
            <h2>{prefix === "" && !reason ? "Nobody is suppressed" : "Nobody of this kind"}</h2>
            <p>Whose mail comes back for good, or who calls it spam, comes here by itself.</p>
          </Empty>
        ) : (
          <Rows rows={rows} />
        )}
        {last ? (
          <div>
            <LinkButton
              href={`/console/suppressions?${new URLSearchParams({ q: prefix, reason: reason ?? "", after: last.key }).toString()}`}
            >
              Next {rowsOfPage}
            </LinkButton>
          </div>
        ) : null}
        <section class="section">
          <h2>Suppress or lift</h2>
          {problem === undefined ? null : (
            <Notice state="bad" role="alert">
              {problem}
            </Notice>
          )}
          <Form request={request} action="/console/suppressions" class="form">
            <Field id="address" label="Address, or a whole domain">
              <input
                class="input"
                id="address"
                name="address"
                value={form.get("address") ?? ""}
                placeholder="ada@example.com"
                required
                autocomplete="off"
              />
            </Field>
            <Field id="reason" label="Reason, in your words" hint="Kept in the log.">
              <input
                class="input"
                id="reason"
                name="reason"
                value={form.get("reason") ?? ""}
                required
                maxlength={500}
                aria-describedby="reason-hint"
              />
            </Field>
            <div class="row">
              <SubmitButton kind="danger">Suppress</SubmitButton>
              <button class="button" type="submit" formaction="/console/suppressions/lift">
                Lift
              </button>
            </div>
          </Form>
        </section>
      </>
    ),
  });
}

function Search({ prefix, reason }: { readonly prefix: string; readonly reason: SuppressionReason | undefined }) {
  return (
    <form class="search-line" role="search" action="/console/suppressions" method="get">
      <label class="visually-hidden" for="q">
        Beginning of an address, or @ and a domain
      </label>
      <input class="input" id="q" name="q" type="search" value={prefix} autocomplete="off" placeholder="ada@" />
      <select class="input" name="reason" aria-label="Reason">
        <option value="">Any reason</option>
        {suppressionReasons.map((one) => (
          <option value={one} selected={one === reason}>
            {one}
          </option>
        ))}
      </select>
      <SubmitButton kind="primary">Search</SubmitButton>
    </form>
  );
}

function Rows({ rows }: { readonly rows: readonly Suppression[] }) {
  return (
    <Table label="Suppressions" columns={["Address", "Reason", "From", "Since"]}>
      {rows.map(({ key, reason, source, provisional, createdAt }) => (
        <tr>
          <td>
            {key.startsWith("#") ? (
              <span class="muted">{key.slice(0, hashCharactersShown)}… (erased)</span>
            ) : (
              <a href={`/console/people?${new URLSearchParams({ q: key }).toString()}`}>{key}</a>
            )}
          </td>
          <td>
            <Badge state={provisional ? "warn" : "neutral"}>{provisional ? `${reason}, not final` : reason}</Badge>
          </td>
          <td class="wide">{source}</td>
          <td>
            <Moment at={createdAt} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
