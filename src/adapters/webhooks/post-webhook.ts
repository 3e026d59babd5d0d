import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { messageOf } from "../../lib/errors.ts";
import { createPublicLookup, refusePrivateHost, type AddressRule } from "../../lib/public-lookup.ts";

export interface WebhookReply {
  /** `null` without an answer. */
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfterMs: number | null;
}

/** Connecting, sending and the answer's head together; the specification speaks of 15 to 30 s. */
const answerMsMax = 15_000;

/**
 * Posts one message. The answer's body is not read and no redirect followed: it would lead past the look at the address.
 * Never rejects.
 * @param isAllowed who may be asked; tests ask their own machine
 */
export function postWebhook(
  href: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  isAllowed?: AddressRule,
): Promise<WebhookReply> {
  return new Promise((resolve) => {
    const fail = (error: unknown): void => resolve({ status: null, error: messageOf(error), retryAfterMs: null });
    try {
      const url = new URL(href);
      refusePrivateHost(url, isAllowed);
      const send = url.protocol === "https:" ? requestHttps : requestHttp;
      const request = send(
        url,
        {
          method: "POST",
          lookup: createPublicLookup(isAllowed),
          agent: false,
          headers: {
            "user-agent": "Broadsheet webhooks",
            "content-type": "application/json",
            "content-length": String(Buffer.byteLength(body)),
            ...headers,
          },
        },
        (response) => {
          const seconds = Number(response.headers["retry-after"]);
          resolve({
            status: response.statusCode ?? 0,
            error: null,
            retryAfterMs: seconds > 0 ? seconds * 1_000 : null,
          });
          response.destroy();
        },
      );
      const timer = setTimeout(() => request.destroy(new Error("it does not answer in time")), answerMsMax);
      request.on("error", fail).on("close", () => clearTimeout(timer));
      request.end(body);
    } catch (error) {
      fail(error);
    }
  });
}
