import { createHash } from "node:crypto";
import { readMessageId } from "../domain/message-id.ts";
import type { TokenKeys } from "../domain/token-keys.ts";
import { identifyDelivery } from "../feedback/identify-delivery.ts";
import { readReport } from "../feedback/read-report.ts";
import type { Report } from "../feedback/report.ts";

export interface ReadMail {
  readonly report: Report;
  /** Names the mail: by its Message-ID, else by its bytes with any line ends. */
  readonly identity: string;
}

/**
 * Makes the reader of incoming mails.
 * @param keys `null` where none were ever made: then nothing can be ours
 */
export function createMailReader(
  keys: TokenKeys | null,
): (raw: Buffer, envelopeRecipients?: readonly string[]) => ReadMail {
  const verifier = keys && {
    verpKeys: keys.verp,
    readMessageId(text: string) {
      const identity = readMessageId(text, keys);
      return identity?.kind === "delivery" ? identity.id : null;
    },
  };
  return (raw, envelopeRecipients = []) => {
    const report = readReport(raw, {
      envelopeRecipients,
      ...(verifier ? { identify: (parsed) => identifyDelivery(parsed, verifier) } : {}),
    });
    return { report, identity: report.messageId ?? hashLines(raw) };
  };
}

function hashLines(raw: Buffer): string {
  return createHash("sha256").update(raw.toString("latin1").replace(/\r\n?/g, "\n"), "latin1").digest("hex");
}
