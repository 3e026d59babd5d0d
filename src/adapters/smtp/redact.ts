import type { SmtpServer } from "./smtp-servers.ts";

/** Shorter ones would blank out parts of ordinary words. */
const secretCharactersMin = 4;

/**
 * Blanks out a server's secrets, plain, percent-encoded and in the base64 forms of AUTH: a server may repeat in its
 * refusal what it was sent, and a token endpoint may quote the request.
 */
export function createRedactor(server: SmtpServer): (text: string) => string {
  const { credentials } = server;
  if (!credentials) return (text) => text;
  const { user, password, refresh } = credentials;
  const plain = [password, refresh?.clientSecret, refresh?.refreshToken].filter((secret) => secret !== undefined);
  const secrets = plain
    .filter((secret) => secret.length >= secretCharactersMin)
    .flatMap((secret) => [
      Buffer.from(`\u0000${user}\u0000${secret}`).toString("base64"),
      Buffer.from(`user=${user}\u0001auth=Bearer ${secret}\u0001\u0001`).toString("base64"),
      Buffer.from(secret).toString("base64"),
      secret,
      encodeURIComponent(secret),
    ]);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}
