import { isSameSecret } from "./same-secret.ts";

/**
 * Whether a call has the password that Postmark was given, in its URL (which becomes basic authentication) or as a header.
 * @param secret `user:password`
 */
export function hasPostmarkPassword(
  secret: string,
  headers: { readonly authorization: string | undefined; readonly token: string | undefined },
): boolean {
  const basic = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(headers.authorization ?? "")?.[1];
  const byBasic = isSameSecret(Buffer.from(basic ?? "", "base64").toString("utf8"), secret);
  const byToken = isSameSecret(headers.token ?? "", secret.slice(secret.indexOf(":") + 1));
  return byBasic || byToken;
}
