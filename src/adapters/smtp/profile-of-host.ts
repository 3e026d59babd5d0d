import type { TransportProfile } from "../../domain/transport.ts";

export const transportProfiles: readonly TransportProfile[] = [
  "mta",
  "ses",
  "postmark",
  "sendgrid",
  "mailgun",
  "relay",
];

const hostPatterns: readonly (readonly [RegExp, TransportProfile])[] = [
  [/^email-smtp(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/, "ses"],
  [/^smtp(-broadcasts)?\.postmarkapp\.com$/, "postmark"],
  [/^smtp\.(eu\.)?sendgrid\.net$/, "sendgrid"],
  [/^smtp\.(eu\.)?mailgun\.org$/, "mailgun"],
];

/** What is known of a provider by its host name; anything else is taken for a plain MTA. */
export function profileOfHost(host: string): TransportProfile {
  return hostPatterns.find(([pattern]) => pattern.test(host))?.[1] ?? "mta";
}
