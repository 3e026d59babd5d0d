import { createHmac } from "node:crypto";
import { isSameSecret } from "./same-secret.ts";

/**
 * Whether Mailgun made this token ("Securing webhooks"): HMAC-SHA256 over timestamp and token. The event itself is not
 * covered, so a token counts once only.
 */
export function isSignedByMailgun(key: string, timestamp: string, token: string, signature: string): boolean {
  const expected = createHmac("sha256", key).update(`${timestamp}${token}`).digest("hex");
  return isSameSecret(signature.toLowerCase(), expected);
}
