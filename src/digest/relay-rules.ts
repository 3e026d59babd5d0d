import type { TransportProfile } from "../domain/transport.ts";

/** What is signed and marked differently because of what a relay does to a message. docs/deliverability.md has the sources. */
export interface RelayRules {
  /** Fields that the relay writes anew; signing them would break the signature. Lower case. */
  readonly rewrites: readonly string[];
  /** More DKIM-Signature fields than this are refused or stripped. */
  readonly signaturesMax: number;
  /** Adds its own Feedback-ID; a message may have one only. */
  readonly ownFeedbackId: boolean;
  /** Fields by which the relay's own reports name the delivery, as they rewrite the return path. */
  readonly markDelivery: ((delivery: string) => readonly (readonly [name: string, value: string])[]) | null;
}

const passesThrough: RelayRules = { rewrites: [], signaturesMax: 2, ownFeedbackId: false, markDelivery: null };

export const relayRules: Readonly<Record<TransportProfile, RelayRules>> = {
  // An MTA of ours takes the message as it is; reports come to our own return path.
  mta: passesThrough,
  // A company's smarthost: adds Received and nothing else worth the name.
  relay: passesThrough,
  // Overrides Message-ID, Date and Return-Path; refuses a second DKIM-Signature ("554 Duplicate header"); adds Feedback-ID.
  ses: {
    rewrites: ["message-id", "date"],
    signaturesMax: 1,
    ownFeedbackId: true,
    markDelivery: (delivery) => [["X-SES-MESSAGE-TAGS", `delivery=${delivery.replace(".", "-")}`]],
  },
  // Builds the message anew and signs it; keeps our Message-ID only when asked to.
  postmark: {
    rewrites: ["message-id", "date"],
    signaturesMax: 1,
    ownFeedbackId: true,
    markDelivery: (delivery) => [
      ["X-PM-KeepID", "true"],
      ["X-PM-Metadata-delivery", delivery],
    ],
  },
  // Writes the return path and often the MIME parts anew, and signs itself.
  sendgrid: {
    rewrites: ["message-id", "date"],
    signaturesMax: 1,
    ownFeedbackId: true,
    markDelivery: (delivery) => [["X-SMTPAPI", JSON.stringify({ unique_args: { delivery } })]],
  },
  // Writes the return path anew and signs itself; keeps Message-ID and Date.
  mailgun: {
    rewrites: ["message-id", "date"],
    signaturesMax: 1,
    ownFeedbackId: true,
    markDelivery: (delivery) => [["X-Mailgun-Variables", JSON.stringify({ delivery })]],
  },
};
