import { listApiTokens } from "../../adapters/postgres/api-tokens.ts";
import { makeApiToken, revokeApiTokenAs } from "../../app/access/api-tokens.ts";
import { apiScopes } from "../../domain/api-scope.ts";
import { InputError } from "../../lib/errors.ts";
import { Badge, Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, Field, Form, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { readNumber } from "./read-number.ts";
import type { ClosedRoute } from "./routes.ts";

export const tokenHandlers: Record<Extract<ClosedRoute, "tokens" | "makeToken" | "revokeToken">, ConsoleHandler> = {
  tokens: (request) => renderTokens(request, {}),
  async makeToken(request) {
    const { pool, config, form, session } = request;
    const given = { name: form.get("name") ?? "", scopes: form.getAll("scope") };
    try {
      return await renderTokens(request, { token: await makeApiToken(pool, config, session.user, given) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderTokens(request, { ...given, problem: error.message });
    }
  },
  async revokeToken({ c, config, pool, session }) {
    await revokeApiTokenAs(pool, config, session.user, readNumber(c.req.param("id")));
    return c.redirect("/console/tokens?done=revoked", 303);
  },
};

interface Shown {
  /** Just made; shown this one time. */
  readonly token?: string;
  readonly problem?: string;
  /** What was written when it was refused. */
  readonly name?: string;
  readonly scopes?: readonly string[];
}

async function renderTokens(request: ConsoleRequest, shown: Shown): Promise<Response> {
  const tokens = await listApiTokens(request.pool);
  return renderConsolePage(request, {
    title: "API",
    section: "tokens",
    lead: (
      <>
        Other programs use <code>/api</code> with a token: <code>Authorization: Bearer bsht_…</code> Everything they may
        ask stands in <a href="/api/openapi.json">openapi.json</a>.
      </>
    ),
    status: shown.problem === undefined ? 200 : 422,
    children: (
      <>
        {shown.token === undefined ? null : (
          <div class="section">
            <Notice state="good" role="status">
              Copy the token now: it is shown only this once, and nobody can look it up later.
            </Notice>
            <code class="link">{shown.token}</code>
          </div>
        )}
        {tokens.length === 0 ? (
          <Empty>
            <h2>No program has a token yet</h2>
            <p>Make one for each program, with no more than it needs; then it can be revoked alone.</p>
          </Empty>
        ) : (
          <Table label="Tokens" columns={["For", "May", "Made by", "Made", "Last used", "Token"]}>
            {tokens.map((token) => (
              <tr>
                <td class="phrase">{token.name}</td>
                <td class="wide">{token.scopes.join(", ")}</td>
                <td>{token.createdBy}</td>
                <td>
                  <Moment at={token.createdAt} />
                </td>
                <td>
                  <Moment at={token.lastUsedAt} />
                </td>
                <td>
                  {token.revokedAt ? (
                    <Badge>revoked</Badge>
                  ) : (
                    <Form request={request} action={`/console/tokens/${token.id}/revoke`}>
                      <SubmitButton kind="quiet" label={`Revoke: ${token.name}`}>
                        Revoke
                      </SubmitButton>
                    </Form>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
        <NewToken request={request} shown={shown} />
      </>
    ),
  });
}

function NewToken({ request, shown }: { readonly request: ConsoleRequest; readonly shown: Shown }) {
  return (
    <section class="section">
      <h2>Make a token</h2>
      {shown.problem === undefined ? null : (
        <Notice state="bad" role="alert">
          {shown.problem}
        </Notice>
      )}
      <Form request={request} action="/console/tokens" class="form">
        <Field id="name" label="What it is for">
          <input class="input" id="name" name="name" value={shown.name} autocomplete="off" required />
        </Field>
        <fieldset>
          <legend>What it may do</legend>
          {Object.entries(apiScopes).map(([scope, words]) => (
            <label class="choice">
              <input type="checkbox" name="scope" value={scope} checked={shown.scopes?.includes(scope)} />
              <span>
                {scope}: <span class="muted">{words}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div>
          <SubmitButton kind="primary">Make the token</SubmitButton>
        </div>
      </Form>
    </section>
  );
}
