import { verify } from "node:crypto";

/** A message of Amazon SNS as it is posted to a webhook ("Verifying the signatures of Amazon SNS messages"). */
export interface SnsMessage {
  readonly Type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  /** ISO 8601 */
  readonly Timestamp: string;
  readonly SignatureVersion: string;
  readonly Signature: string;
  readonly SigningCertURL: string;
  readonly Subject?: string;
  readonly SubscribeURL?: string;
  readonly Token?: string;
}

const required = [
  "Type",
  "MessageId",
  "TopicArn",
  "Message",
  "Timestamp",
  "SignatureVersion",
  "Signature",
  "SigningCertURL",
] as const;
const optional = ["Subject", "SubscribeURL", "Token"] as const;
const types = new Set(["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]);

/** `null` for whatever is no such message. */
export function parseSnsMessage(text: string): SnsMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Record<string, unknown>;
  const isWhole = required.every((name) => typeof fields[name] === "string");
  const isClean = optional.every((name) => fields[name] === undefined || typeof fields[name] === "string");
  return isWhole && isClean && types.has(fields["Type"] as string) ? (value as SnsMessage) : null;
}

const amazonHost = /^sns\.[a-z0-9-]{3,40}\.amazonaws\.com(?:\.cn)?$/;

/**
 * Whether a URL inside a message is SNS's own. Whoever could name another would have us trust a certificate of his, or call
 * an address of his choice.
 */
export function isSnsUrl(text: string): boolean {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return false;
  }
  return (
    url.protocol === "https:" &&
    url.port === "" &&
    url.username === "" &&
    url.password === "" &&
    amazonHost.test(url.hostname)
  );
}

/** The certificate's file is named by SNS and lies at the root. */
export function isSnsCertificateUrl(text: string): boolean {
  return isSnsUrl(text) && /^\/SimpleNotificationService-[0-9a-f]{8,64}\.pem$/.test(new URL(text).pathname);
}

/** @param certificate PEM, from the message's own SigningCertURL after `isSnsCertificateUrl` */
export function isSignedBySns(message: SnsMessage, certificate: string): boolean {
  const algorithm = { "1": "RSA-SHA1", "2": "RSA-SHA256" }[message.SignatureVersion];
  if (!algorithm) return false;
  try {
    return verify(algorithm, Buffer.from(writeSigned(message)), certificate, Buffer.from(message.Signature, "base64"));
  } catch {
    return false; // No certificate, or one of a kind that signs nothing.
  }
}

/** Names and values by line, in the order of the names. */
export function writeSigned(message: SnsMessage): string {
  const names =
    message.Type === "Notification"
      ? (["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"] as const)
      : (["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"] as const);
  return names.flatMap((name) => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`])).join("");
}
