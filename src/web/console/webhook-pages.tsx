import {
  addWebhookMessage,
  listWebhookEndpoints,
  listWebhookLog,
  type WebhookEndpoint,
  type WebhookLogEntry,
} from "../../adapters/postgres/webhooks.ts";
import { changeWebhook, makeWebhook } from "../../app/make-webhook.ts";
import { testEvent, webhookEvents } from "../../domain/webhook.ts";
import { InputError } from "../../lib/errors.ts";
import { Badge, Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, Field, Form, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { readNumber } from "./read-number.ts";
import type { ClosedRoute } from "./routes.ts";

/** A screen's worth of the delivery log. */
const logShown = 30;

type WebhookRoute = "webhooks" | "makeWebhook" | "removeWebhook" | "resumeWebhook" | "testWebhook";

export const webhookHandlers: Record<Extract<ClosedRoute, WebhookRoute>, ConsoleHandler> = {
  webhooks: (request) => renderWebhooks(request, {}),
  async makeWebhook(request) {
    const { pool, config, form, session } = request;
    const given = { url: form.get("url") ?? "", events: form.getAll("event") };
    try {
      return await renderWebhooks(request, { secret: await makeWebhook(pool, config, session.user, given) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderWebhooks(request, { ...given, problem: error.message });
    }
  },
  removeWebhook: (request) => change(request, "remove"),
  resumeWebhook: (request) => change(request, "resume"),
  async testWebhook({ c, pool }) {
    if (!(await addWebhookMessage(pool, readNumber(c.req.param("id")), testEvent)))
      throw new InputError({ code: "unknown-webhook", message: "There is no such webhook, or it stands still." });
    return c.redirect("/console/webhooks?done=tested", 303);
  },
};

async function change({ c, pool, config, session }: ConsoleRequest, what: "remove" | "resume"): Promise<Response> {
  await changeWebhook(pool, config, session.user, readNumber(c.req.param("id")), what);
  return c.redirect(`/console/webhooks?done=webhook-${what}d`, 303);
}

interface Shown {
  /** Just made; shown this one time. */
  readonly secret?: string;
  readonly problem?: string;
  /** What was written when it was refused. */
  readonly url?: string;
  readonly events?: readonly string[];
}

async function renderWebhooks(request: ConsoleRequest, shown: Shown): Promise<Response> {
  const [endpoints, log] = await Promise.all([
    listWebhookEndpoints(request.pool),
    listWebhookLog(request.pool, logShown),
  ]);
  return renderConsolePage(request, {
    title: "Webhooks",
    section: "webhooks",
    lead: "Tells other programs what happened, signed by the Standard Webhooks specification.",
    status: shown.problem === undefined ? 200 : 422,
    children: (
      <>
        {shown.secret === undefined ? null : (
          <div class="section">
            <Notice state="good" role="status">
              Copy the secret now: it is shown only this once. With it the other program checks that we sent a message.
            </Notice>
            <code class="link">{shown.secret}</code>
          </div>
        )}
        {endpoints.length === 0 ? (
          <Empty>
            <h2>No program is told yet</h2>
            <p>
              A webhook is an address of another program. When a campaign begins or ends, somebody leaves or a mail
              comes back, it gets a small signed message: numbers only, no address of anybody.
            </p>
          </Empty>
        ) : (
          <Endpoints request={request} endpoints={endpoints} />
        )}
        {log.length === 0 ? null : <Log log={log} />}
        <NewWebhook request={request} shown={shown} />
      </>
    ),
  });
}

function Endpoints({
  request,
  endpoints,
}: {
  readonly request: ConsoleRequest;
  readonly endpoints: readonly WebhookEndpoint[];
}) {
  const button = (id: number, act: string, words: string, url: string) => (
    <Form request={request} action={`/console/webhooks/${id}/${act}`}>
      <SubmitButton kind="quiet" label={`${words}: ${url}`}>
        {words}
      </SubmitButton>
    </Form>
  );
  return (
    <Table label="Webhooks" columns={["Webhook", "Address", "Is told of", "State", ["Waiting"], "Do"]}>
      {endpoints.map(({ id, url, events, stopped, waiting }) => (
        <tr>
          <td>{id}</td>
          <td class="wide">{url}</td>
          <td>{events.join(", ")}</td>
          <td>{stopped === null ? <Badge state="good">on</Badge> : <Badge state="bad">{stopped}</Badge>}</td>
          <td class="number">{formatCount(waiting)}</td>
          <td>
            <div class="row">
              {stopped === null ? button(id, "test", "Test", url) : button(id, "resume", "Go on", url)}
              {button(id, "remove", "Remove", url)}
            </div>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Log({ log }: { readonly log: readonly WebhookLogEntry[] }) {
  return (
    <section class="section">
      <h2>Latest messages</h2>
      <Table
        label="Latest messages"
        columns={["Message", "Webhook", "Event", "Happened", "State", "Last answer", "Next try"]}
      >
        {log.map((entry) => (
          <tr>
            <td>{`msg_${entry.id}`}</td>
            <td>{entry.endpointId}</td>
            <td>{entry.event}</td>
            <td>
              <Moment at={entry.createdAt} />
            </td>
            <td>
              <MessageState entry={entry} />
            </td>
            <td>{entry.status ?? entry.error ?? <span class="muted">none yet</span>}</td>
            <td>{entry.dueAt ? <Moment at={entry.dueAt} /> : <span class="muted">none</span>}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function MessageState({ entry: { delivered, dueAt, attempts } }: { readonly entry: WebhookLogEntry }) {
  if (delivered) return <Badge state="good">taken</Badge>;
  if (dueAt === null) return <Badge state="bad">given up</Badge>;
  return attempts === 0 ? <Badge>waits</Badge> : <Badge state="warn">{`tried ${attempts} times`}</Badge>;
}

function NewWebhook({ request, shown }: { readonly request: ConsoleRequest; readonly shown: Shown }) {
  return (
    <section class="section">
      <h2>Make a webhook</h2>
      {shown.problem === undefined ? null : (
        <Notice state="bad" role="alert">
          {shown.problem}
        </Notice>
      )}
      <Form request={request} action="/console/webhooks" class="form">
        <Field id="url" label="Address" hint="https://, and not in a private network.">
          <input
            class="input"
            id="url"
            name="url"
            type="url"
            value={shown.url}
            autocomplete="off"
            required
            aria-describedby="url-hint"
          />
        </Field>
        <fieldset>
          <legend>What it is told of</legend>
          {Object.entries(webhookEvents).map(([event, words]) => (
            <label class="choice">
              <input type="checkbox" name="event" value={event} checked={shown.events?.includes(event)} />
              <span>
                {event}: <span class="muted">{words}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div>
          <SubmitButton kind="primary">Make the webhook</SubmitButton>
        </div>
      </Form>
    </section>
  );
}
