import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import type { OpenRequest } from "./console-request.ts";
import { Field, renderAlone } from "./console-page.tsx";

/** Only ways into the console itself: no link sends somebody who signed in elsewhere. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/console(?:\/[\w./-]*)?$/.test(next) ? next : "/console";
}

export function renderSignIn(
  { c }: OpenRequest,
  page: {
    readonly status: 200 | 401 | 429;
    readonly next: string;
    readonly problem?: string;
    readonly address?: string;
  },
): Promise<Response> {
  return renderAlone(c, {
    title: "Sign in",
    status: page.status,
    children: (
      <form method="post" action="/console/sign-in" class="form">
        {page.problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {page.problem}
          </Notice>
        )}
        <input type="hidden" name="next" value={safeNext(page.next)} />
        <Field id="address" label="Your address">
          <input
            class="input"
            id="address"
            name="address"
            type="email"
            autocomplete="username"
            value={page.address}
            required
          />
        </Field>
        <Field id="password" label="Password">
          <input class="input" id="password" name="password" type="password" autocomplete="current-password" required />
        </Field>
        <SubmitButton kind="primary">Sign in</SubmitButton>
        <p class="muted small">
          No account? An admin invites you. The very first admin gets in by the link that <code>broadsheet serve</code>{" "}
          prints.
        </p>
      </form>
    ),
  });
}

/** The second step, for an account that asks for a code. */
export function renderCode(
  { c }: OpenRequest,
  page: {
    readonly status: 200 | 401 | 429;
    readonly next: string;
    readonly ticket: string;
    readonly problem?: string;
  },
): Promise<Response> {
  return renderAlone(c, {
    title: "Your code",
    status: page.status,
    children: (
      <form method="post" action="/console/sign-in/code" class="form">
        {page.problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {page.problem}
          </Notice>
        )}
        <input type="hidden" name="next" value={page.next} />
        <input type="hidden" name="ticket" value={page.ticket} />
        <Field
          id="code"
          label="Code"
          hint="The six digits that your authenticator shows, or one of your recovery codes."
        >
          <CodeInput />
        </Field>
        <SubmitButton kind="primary">Sign in</SubmitButton>
        <p class="muted small">Neither at hand? Another admin can take the codes away under Team.</p>
      </form>
    ),
  });
}

/** Letters too: a recovery code may be typed here. */
export function CodeInput() {
  return (
    <input
      class="input"
      id="code"
      name="code"
      autocomplete="one-time-code"
      autocapitalize="off"
      spellcheck={false}
      maxlength={40}
      required
      aria-describedby="code-hint"
    />
  );
}
