import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { Notice, type State } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { renderPage } from "../../ui/page.tsx";
import { consoleAssets } from "./console-assets.ts";
import type { ConsoleRequest } from "./console-request.ts";
import { consoleRoutes, isAllowed } from "./routes.ts";

const navigation = [
  ["campaigns", "Campaigns"],
  ["sends", "Send"],
  ["issues", "Issues"],
  ["lists", "Lists"],
  ["people", "People"],
  ["team", "Team"],
  ["tokens", "API"],
  ["webhooks", "Webhooks"],
  ["audit", "Log"],
] as const;

export type Section = (typeof navigation)[number][0];

export interface ConsolePage {
  readonly title: string;
  /** `account` is reached by one's name. */
  readonly section: Section | "account";
  /** A sentence below the title. */
  readonly lead?: Child;
  /** The page's one primary action. */
  readonly action?: Child;
  /** Asks the server again every other second while something moves. */
  readonly follows?: boolean;
  readonly status?: 200 | 422;
  /** Names of console assets beside it: small help that the page does without. */
  readonly scripts?: readonly string[];
  readonly children?: Child;
}

/** What was just done, by the word that a redirect carries: nothing that somebody else could write into a link. */
const doneWords: Readonly<Record<string, readonly [State, string]>> = {
  welcome: ["good", "You are in. This page shows what goes out."],
  paused: ["good", "Paused. What is on the wire finishes; nothing new begins."],
  resumed: ["good", "Going on where it stood."],
  cancelled: ["good", "Cancelled. What was still open is skipped."],
  resolved: ["good", "The delivery is decided."],
  proposed: ["good", "The flight plan stands. Somebody else has to approve it."],
  approved: ["good", "Approved. It can be sent now."],
  withdrawn: ["good", "Withdrawn. Nothing was sent."],
  sent: ["good", "The campaign is planned; the workers do the rest."],
  "recurrence-made": ["good", "It comes again from now on, each time with what was approved."],
  "recurrence-removed": ["good", "It comes no more; what it planned stays planned."],
  changed: ["good", "Changed."],
  suppressed: ["good", "Suppressed: no mail goes there any more. Whatever is on the wire finishes."],
  lifted: ["good", "Lifted: mail may go there again. Nobody is put back on a list by it."],
  "off-list": ["good", "Off the list. Only they can come back."],
  erased: ["good", "Everything about this person is erased. A hash stays, so that no import undoes it."],
  "list-made": ["good", "The list is made. Next, bring people into it."],
  "codes-off": ["good", "Signing in asks for the password alone again."],
  "codes-reset": ["good", "Signing in asks them for the password alone, until they set codes up again."],
  disabled: ["good", "They can no longer sign in."],
  revoked: ["good", "The token opens nothing any more."],
  tested: ["good", "A message of the kind webhook.test is on its way; reload to see what it was answered."],
  "webhook-removed": ["good", "It is told nothing more."],
  "webhook-resumed": ["good", "It is told again, of what happens from now on."],
};

/** The frame of every page behind the sign-in. */
export async function renderConsolePage(request: ConsoleRequest, page: ConsolePage): Promise<Response> {
  const { c, session } = request;
  const done = doneWords[c.req.query("done") ?? ""];
  const html = renderPage({
    title: `${page.title} · Broadsheet`,
    stylesheets: [consoleAssets.href("console.css")],
    favicon: consoleAssets.href("mark.svg"),
    scripts: [...(page.follows ? ["follow.js"] : []), ...(page.scripts ?? [])].map(consoleAssets.href),
    children: (
      <div class="console">
        <header class="side">
          <a class="skip" href="#main">
            Skip to the content
          </a>
          <a class="brand" href="/console">
            <img src={consoleAssets.href("mark.svg")} alt="" />
            Broadsheet
          </a>
          <nav aria-label="Main">
            <ul>
              {navigation
                .filter(([name]) => isAllowed(session.user.role, name))
                .map(([name, title]) => (
                  <li>
                    <a href={consoleRoutes[name].path} aria-current={page.section === name ? "page" : undefined}>
                      {title}
                    </a>
                  </li>
                ))}
            </ul>
          </nav>
          <div class="me">
            <a href={consoleRoutes.account.path} aria-current={page.section === "account" ? "page" : undefined}>
              {session.user.name}, {session.user.role}
            </a>
            <Form request={request} action="/console/sign-out">
              <SubmitButton kind="quiet">Sign out</SubmitButton>
            </Form>
          </div>
        </header>
        <main class="work" id="main" tabindex={-1}>
          <div class="top">
            <div>
              <h1>{page.title}</h1>
              {page.lead === undefined ? null : <p class="muted">{page.lead}</p>}
            </div>
            {page.action}
          </div>
          {done ? (
            <Notice state={done[0]} role="status">
              {done[1]}
            </Notice>
          ) : null}
          {page.children}
        </main>
      </div>
    ),
  });
  return c.html(html, page.status ?? 200);
}

/** A page for somebody who isn't inside: signing in, an invitation, a failure. */
export async function renderAlone(
  c: Context,
  page: {
    readonly title: string;
    readonly status: 200 | 400 | 401 | 403 | 404 | 422 | 429 | 503;
    readonly children?: Child;
  },
): Promise<Response> {
  const html = renderPage({
    title: `${page.title} · Broadsheet`,
    stylesheets: [consoleAssets.href("console.css")],
    favicon: consoleAssets.href("mark.svg"),
    children: (
      <main class="alone" id="main">
        <a class="brand" href="/console">
          <img src={consoleAssets.href("mark.svg")} alt="" />
          Broadsheet
        </a>
        <div class="card">
          <h1>{page.title}</h1>
          {page.children}
        </div>
      </main>
    ),
  });
  return c.html(html, page.status);
}

export function renderFailure(
  c: Context,
  status: 400 | 403 | 404 | 422 | 503,
  title: string,
  sentence: string,
): Promise<Response> {
  return renderAlone(c, {
    title,
    status,
    children: (
      <>
        {sentence.split("\n").map((line) => (
          <p>{line}</p>
        ))}
        <p>
          <a href="/console">To the console</a>
        </p>
      </>
    ),
  });
}

/** A form of a session: it carries the session's word. */
export function Form(props: {
  readonly request: ConsoleRequest;
  readonly action: string;
  readonly class?: string;
  readonly encoding?: "multipart/form-data";
  readonly children?: Child;
}) {
  return (
    <form method="post" action={props.action} class={props.class} enctype={props.encoding}>
      <input type="hidden" name="token" value={props.request.session.formToken} />
      {props.children}
    </form>
  );
}

/** A label, its input and a sentence of help. */
export function Field(props: {
  readonly id: string;
  readonly label: string;
  readonly hint?: Child;
  /** What is wrong with what was written. */
  readonly problem?: string | undefined;
  readonly children?: Child;
}) {
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      {props.children}
      {props.problem === undefined ? null : (
        <span class="problem" id={`${props.id}-problem`}>
          {props.problem}
        </span>
      )}
      {props.hint === undefined ? null : (
        <span class="hint" id={`${props.id}-hint`}>
          {props.hint}
        </span>
      )}
    </div>
  );
}

/** Where there is nothing yet: what it will be, and the next step. */
export function Empty(props: { readonly children?: Child }) {
  return <div class="empty">{props.children}</div>;
}
