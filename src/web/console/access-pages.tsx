import { acceptInvitation, invitationPath, readInvitation } from "../../app/access/invitations.ts";
import { passwordCharactersMin } from "../../app/access/passwords.ts";
import { openSession, signIn, signInByCode, signOut } from "../../app/access/sessions.ts";
import { readTicket } from "../../app/access/sign-in-ticket.ts";
import { systemClock } from "../../lib/clock.ts";
import { InputError } from "../../lib/errors.ts";
import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { clientAddress, networkOf } from "../public/client-address.ts";
import { createRateLimit } from "../public/rate-limit.ts";
import { createAccountHandlers, type AccountRoute } from "./account-page.tsx";
import type { ConsoleHandler, OpenHandler, OpenRequest } from "./console-request.ts";
import { Field, renderAlone } from "./console-page.tsx";
import type { ClosedRoute, OpenRoute } from "./routes.ts";
import { clearSessionCookie, readSessionCookie, setSessionCookie } from "./session-cookie.ts";
import { renderCode, renderSignIn, safeNext } from "./sign-in-page.tsx";

/*
 * Against guessing, in each process: an office behind one address has its own limit, and so has an account, which a thousand
 * machines might try at once.
 */
const windowMs = 10 * 60_000;
const triesOfNetworkMax = 30;
const triesOfAccountMax = 10;
const tooMany = "Too many tries. Wait ten minutes and try again.";

/** Getting in and out. The limits live as long as the app. */
export function createAccessHandlers(): {
  open: Record<OpenRoute, OpenHandler>;
  closed: Record<Extract<ClosedRoute, "home" | "signOut"> | AccountRoute, ConsoleHandler>;
} {
  const networks = createRateLimit(triesOfNetworkMax, windowMs);
  const accounts = createRateLimit(triesOfAccountMax, windowMs);
  const isWithinLimits = (request: OpenRequest, account: string): boolean =>
    networks.take(networkOf(clientAddress(request.c))) && accounts.take(account.trim().toLowerCase());

  return {
    open: {
      signInPage: (request) => renderSignIn(request, { status: 200, next: "/console" }),
      async signIn(request) {
        const { c, config, pool, form } = request;
        const address = form.get("address") ?? "";
        const next = safeNext(form.get("next"));
        if (!isWithinLimits(request, address))
          return renderSignIn(request, {
            status: 429,
            next,
            address,
            problem: tooMany,
          });
        const signed = await signIn(pool, config, address, form.get("password") ?? "", systemClock.now().getTime());
        if (signed === null)
          return renderSignIn(request, {
            status: 401,
            next,
            address,
            problem: "This address and this password don't belong together.",
          });
        if (signed.is === "asked") return renderCode(request, { status: 200, next, ticket: signed.ticket });
        setSessionCookie(c, config.publicUrl, signed.token);
        return c.redirect(next, 303);
      },
      async signInCode(request) {
        const { c, config, pool, form } = request;
        const next = safeNext(form.get("next"));
        const ticket = form.get("ticket") ?? "";
        const holder = readTicket(config, ticket, systemClock.now().getTime());
        if (holder === null)
          return renderSignIn(request, { status: 401, next, problem: "That took too long. Please sign in again." });
        if (!isWithinLimits(request, holder.address))
          return renderCode(request, { status: 429, next, ticket, problem: tooMany });
        const token = await signInByCode(pool, config, holder, form.get("code") ?? "", systemClock.now().getTime());
        if (token === null)
          return renderCode(request, {
            status: 401,
            next,
            ticket,
            problem: "This code doesn't hold. Each works once; wait for the next.",
          });
        setSessionCookie(c, config.publicUrl, token);
        return c.redirect(next, 303);
      },
      invitationPage: (request) => renderInvitation(request, {}),
      async acceptInvitation(request) {
        const { c, config, pool, form } = request;
        const given = { address: form.get("address") ?? "", name: form.get("name") ?? "" };
        if (!isWithinLimits(request, given.address)) return renderInvitation(request, { ...given, problem: tooMany });
        const token = c.req.param("token") ?? "";
        // Before the password is hashed: a link that doesn't work costs nothing.
        if ((await readInvitation(pool, token)) === null) return renderInvitation(request, given);
        try {
          const userId = await acceptInvitation(pool, config, token, {
            ...given,
            password: form.get("password") ?? "",
          });
          setSessionCookie(c, config.publicUrl, await openSession(pool, userId));
          return c.redirect("/console/campaigns?done=welcome", 303);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          return renderInvitation(request, { ...given, problem: error.message });
        }
      },
    },
    closed: {
      // A session that somebody found open must not be a way to guess: its tries count as those of signing in.
      ...createAccountHandlers((request) => {
        if (!isWithinLimits(request, request.session.user.address))
          throw new InputError({ code: "too-many-tries", message: tooMany });
      }),
      home: ({ c }) => c.redirect("/console/campaigns", 303),
      async signOut({ c, config, pool }) {
        await signOut(pool, readSessionCookie(c) ?? "");
        clearSessionCookie(c, config.publicUrl);
        return c.redirect("/console/sign-in", 303);
      },
    },
  };
}

async function renderInvitation(
  { c, pool }: OpenRequest,
  given: { readonly address?: string; readonly name?: string; readonly problem?: string },
): Promise<Response> {
  const token = c.req.param("token") ?? "";
  const role = await readInvitation(pool, token);
  if (role === null)
    return renderAlone(c, {
      title: "This link no longer works",
      status: 404,
      children: <p>It was used already, or it is too old. Ask an admin for a new one.</p>,
    });
  return renderAlone(c, {
    title: "Make your account",
    status: given.problem === undefined ? 200 : 422,
    children: (
      <form method="post" action={`${invitationPath}${token}`} class="form">
        <p>
          You will be <strong>{role}</strong> here.
        </p>
        {given.problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {given.problem}
          </Notice>
        )}
        <Field id="name" label="Your name">
          <input class="input" id="name" name="name" autocomplete="name" value={given.name} required />
        </Field>
        <Field id="address" label="Your address" hint="You sign in with it.">
          <input
            class="input"
            id="address"
            name="address"
            type="email"
            autocomplete="username"
            value={given.address}
            required
            aria-describedby="address-hint"
          />
        </Field>
        <Field
          id="password"
          label="Password"
          hint={`At least ${passwordCharactersMin} characters. A few words in a row are good.`}
        >
          <input
            class="input"
            id="password"
            name="password"
            type="password"
            autocomplete="new-password"
            minlength={passwordCharactersMin}
            required
            aria-describedby="password-hint"
          />
        </Field>
        <SubmitButton kind="primary">Make the account</SubmitButton>
      </form>
    ),
  });
}
