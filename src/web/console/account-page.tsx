import { changePassword } from "../../app/access/change-password.ts";
import {
  beginSecondFactor,
  endSecondFactor,
  finishSecondFactor,
  readSecondFactor,
  type SecondFactorState,
} from "../../app/access/second-factor.ts";
import { systemClock } from "../../lib/clock.ts";
import { InputError } from "../../lib/errors.ts";
import { passwordCharactersMin } from "../../app/access/passwords.ts";
import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { Field, Form, renderConsolePage } from "./console-page.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import type { ClosedRoute } from "./routes.ts";
import { CodeInput } from "./sign-in-page.tsx";

export type AccountRoute = Extract<
  ClosedRoute,
  "account" | "changePassword" | "beginSecondFactor" | "finishSecondFactor" | "endSecondFactor"
>;

/** @param countTry throws InputError past the limit of tries */
export function createAccountHandlers(
  countTry: (request: ConsoleRequest) => void,
): Record<AccountRoute, ConsoleHandler> {
  /** A try that fails is told on the page itself. */
  const trying = async (request: ConsoleRequest, work: () => Promise<Response>): Promise<Response> => {
    try {
      countTry(request);
      return await work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderAccount(request, { problem: error.message });
    }
  };
  return {
    account: (request) => renderAccount(request, {}),
    changePassword: (request) =>
      trying(request, async () => {
        const { c, config, pool, session, form } = request;
        const given = { password: form.get("password") ?? "", next: form.get("next") ?? "" };
        await changePassword(pool, config, session.user, given);
        // The session is over like all others.
        return c.redirect("/console/sign-in", 303);
      }),
    beginSecondFactor: (request) =>
      trying(request, async () => {
        const { c, config, pool, session, form } = request;
        await beginSecondFactor(pool, config, session.user, form.get("password") ?? "");
        return c.redirect("/console/account", 303);
      }),
    finishSecondFactor: (request) =>
      trying(request, async () => {
        const { config, pool, session, form } = request;
        const code = form.get("code") ?? "";
        return renderAccount(request, {
          recoveryCodes: await finishSecondFactor(pool, config, session.user, code, systemClock.now().getTime()),
        });
      }),
    endSecondFactor: (request) =>
      trying(request, async () => {
        const { c, config, pool, session, form } = request;
        const given = { password: form.get("password") ?? "", code: form.get("code") ?? "" };
        await endSecondFactor(pool, config, session.user, given, systemClock.now().getTime());
        return c.redirect("/console/account?done=codes-off", 303);
      }),
  };
}

async function renderAccount(
  request: ConsoleRequest,
  page: { readonly problem?: string; readonly recoveryCodes?: readonly string[] },
): Promise<Response> {
  const { config, pool, session } = request;
  const state = await readSecondFactor(pool, config, session.user);
  return renderConsolePage(request, {
    title: "Your account",
    section: "account",
    status: page.problem === undefined ? 200 : 422,
    lead: `You sign in as ${session.user.address}.`,
    children: (
      <>
        {page.problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {page.problem}
          </Notice>
        )}
        <section class="section">
          <h2>Codes at sign-in</h2>
          {page.recoveryCodes === undefined ? null : (
            <>
              <Notice state="good" role="status">
                Signing in asks for a code from now on. Keep these recovery codes where the phone is not: each lets you
                in once without it, and they are shown only now.
              </Notice>
              <ul>
                {page.recoveryCodes.map((code) => (
                  <li>
                    <code>{code}</code>
                  </li>
                ))}
              </ul>
            </>
          )}
          <SecondFactor request={request} state={state} />
        </section>
        <section class="section">
          <h2>Password</h2>
          <p>A new one ends every session of yours, this one too: you sign in with it.</p>
          <Form request={request} action="/console/account/password" class="form">
            <PasswordField named={{ id: "old-password", label: "Old password" }} address={session.user.address} />
            <Field
              id="next"
              label="New password"
              hint={`At least ${passwordCharactersMin} characters; a few words in a row are good.`}
            >
              <input
                class="input"
                id="next"
                name="next"
                type="password"
                autocomplete="new-password"
                required
                minlength={passwordCharactersMin}
              />
            </Field>
            <div>
              <SubmitButton kind="primary">Change the password</SubmitButton>
            </div>
          </Form>
        </section>
      </>
    ),
  });
}

function SecondFactor({ request, state }: { readonly request: ConsoleRequest; readonly state: SecondFactorState }) {
  if (state.is === "on")
    return (
      <>
        <p>
          Signing in asks for a code of your authenticator. Recovery codes left: <strong>{state.recoveryCodes}</strong>.
          For new ones turn codes off and on again.
        </p>
        <Form request={request} action="/console/account/codes/off" class="form">
          <PasswordField address={request.session.user.address} />
          <Field id="code" label="Code" hint="Six digits of the authenticator, or a recovery code.">
            <CodeInput />
          </Field>
          <div>
            <SubmitButton kind="danger">Turn codes off</SubmitButton>
          </div>
        </Form>
      </>
    );
  if (state.is === "offered")
    return (
      <>
        <p>Put this secret into your authenticator (by time, six digits), or open the link on the phone that has it.</p>
        <code class="link">{state.secret.match(/.{4}/g)?.join(" ")}</code>
        <p>
          <a href={state.uri}>Open in an authenticator</a>
        </p>
        <code class="link">{state.uri}</code>
        <Form request={request} action="/console/account/codes/confirm" class="form">
          <Field id="code" label="Code" hint="The six digits that it shows now. Nothing changes before.">
            <CodeInput />
          </Field>
          <div>
            <SubmitButton kind="primary">Ask for codes from now on</SubmitButton>
          </div>
        </Form>
      </>
    );
  return (
    <>
      <p>
        With an authenticator on your phone, whoever learns your password still doesn't get in: signing in asks for the
        six digits that it shows.
      </p>
      <Form request={request} action="/console/account/codes" class="form">
        <PasswordField address={request.session.user.address} />
        <div>
          <SubmitButton kind="primary">Set it up</SubmitButton>
        </div>
      </Form>
    </>
  );
}

interface PasswordName {
  readonly id: string;
  readonly label: string;
}

/** @param named one of its own where a page has two */
function PasswordField({ address, named }: { readonly address: string; readonly named?: PasswordName }) {
  const { id, label } = named ?? { id: "password", label: "Your password" };
  return (
    <>
      {/* Nobody sees it: it tells a password manager whose password is meant. */}
      <input type="text" name="username" autocomplete="username" value={address} readonly hidden />
      <Field id={id} label={label}>
        <input class="input" id={id} name="password" type="password" autocomplete="current-password" required />
      </Field>
    </>
  );
}
