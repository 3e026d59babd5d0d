import XOAuth2 from "nodemailer/lib/xoauth2";
import { assert } from "../../lib/assert.ts";
import type { SmtpServer } from "./smtp-servers.ts";

/** How long the provider may take to hand out a token. */
const tokenTimeoutMs = 20_000;

const sources = new WeakMap<SmtpServer, XOAuth2>();

/** One source for all connections of a server: a token is fetched once and used until it expires. */
export function tokenSourceOf(server: SmtpServer): XOAuth2 {
  const known = sources.get(server);
  if (known) return known;
  assert(server.credentials, "A token source belongs to a server with credentials.");
  const { user, password, refresh } = server.credentials;
  const source = new XOAuth2({
    user,
    ...(password === "" ? {} : { accessToken: password }),
    ...refresh,
    requestTimeout: tokenTimeoutMs,
  });
  // Its failures come back through getToken as well; an "error" event without a listener would end the process.
  source.on("error", () => {});
  sources.set(server, source);
  return source;
}
