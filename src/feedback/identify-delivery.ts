import type { DeliveryId } from "../domain/delivery.ts";
import { looksLikeVerp, verifyVerp } from "../domain/verp.ts";
import type { Identification, Identified } from "./report.ts";

/** How a caller proves that something is ours. */
export interface DeliveryVerifier {
  /** Keys of the return paths, the current one first. */
  readonly verpKeys: readonly Buffer[];
  /** Reads a Message-ID (without angle brackets) that only we could have written; `null` for any other. */
  readonly readMessageId: (messageId: string) => DeliveryId | null;
}

/**
 * Names the delivery that a report is about, by what can be trusted most: the authenticated token in an address that the mail
 * came to or that the returned message was sent with, then the returned message's Message-ID. Recipients alone prove nothing:
 * whoever knows an address can write a report about it.
 *
 * A return path of our form with a wrong MAC is a forgery: such a report is given to no delivery, whatever else it names.
 */
export function identifyDelivery(parsed: Identification, verifier: DeliveryVerifier): Identified | null {
  const paths = [...parsed.addresses, ...parsed.returnPaths].filter(looksLikeVerp);
  for (const path of paths) {
    const delivery = verifyVerp(path, verifier.verpKeys);
    if (delivery) return { ...delivery, trust: "token" };
  }
  if (paths.length > 0 || parsed.messageId === null) return null;
  const delivery = verifier.readMessageId(parsed.messageId);
  return delivery ? { ...delivery, trust: "message-id" } : null;
}
