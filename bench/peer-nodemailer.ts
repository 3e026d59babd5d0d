/** Peer: Nodemailer's pool composes and signs each mail; no queue, no ledger. */
import { readFileSync } from "node:fs";
import nodemailer from "nodemailer";
import { decodeDigest } from "../src/adapters/postgres/ledger/digests.ts";
import { fillSlots } from "../src/domain/slotted-text.ts";

const { PEER_MAILS = "0", PEER_DIGEST = "", PEER_SINK = "", PEER_KEY = "", PEER_INDEX = "0" } = process.env;
const variant = [...decodeDigest(readFileSync(PEER_DIGEST)).variants.values()][0];
if (!variant) throw new Error("the digest has no variant");
const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port: Number(PEER_SINK),
  ignoreTLS: true,
  pool: true,
  maxConnections: 20,
  maxMessages: Number.POSITIVE_INFINITY,
  dkim: { domainName: "example.com", keySelector: "rsa", privateKey: readFileSync(PEER_KEY, "utf8") },
});

process.on("message", async () => {
  await Promise.all(
    Array.from({ length: Number(PEER_MAILS) }, (_, index) => {
      const value = (): string => `reader-${PEER_INDEX}-${index}`;
      return transport.sendMail({
        from: "News <news@example.com>",
        to: `r${index}.${PEER_INDEX}@example.net`,
        subject: fillSlots(variant.subject, value),
        html: fillSlots(variant.html.source, value),
        text: fillSlots(variant.text.source, value),
        list: { unsubscribe: { url: `https://news.example.com/u/${index}`, comment: "leave" } },
      });
    }),
  );
  process.send?.("done");
});
process.send?.("ready");
