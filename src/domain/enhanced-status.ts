import type { ReplyReason } from "./reply-reason.ts";

/*
 * What an enhanced status code says (RFC 3463; the registry of RFC 5248 at IANA, "SMTP Enhanced Status Codes"; and the
 * providers' own codes, named beside each). Only the part after the class digit: 5.1.1 and 4.1.1 name the same trouble.
 * Codes that say nothing of their own (X.0.0, X.1.0, X.2.0, X.5.0 ..) are left out: there the words decide.
 */
const reasonsByDetail: Readonly<Record<string, ReplyReason>> = {
  "1.1": "bad-mailbox", // RFC 3463 section 3.2, bad destination mailbox address
  "1.2": "bad-domain", // RFC 3463, bad destination system address
  "1.3": "bad-mailbox", // RFC 3463, bad destination mailbox address syntax
  "1.6": "moved", // RFC 3463, destination mailbox has moved, no forwarding address
  "1.7": "sender", // RFC 3463, bad sender's mailbox address syntax
  "1.8": "sender", // RFC 3463, bad sender's system address
  "1.9": "blocked", // RFC 5248, message relayed to a non-compliant mailer
  "1.10": "no-mail-accepted", // RFC 7505, null MX; Exchange Online uses it for "recipient not found"
  "1.351": "bad-mailbox", // Exchange Online, remote server returned unknown recipient
  "2.1": "disabled", // RFC 3463 section 3.3, mailbox disabled, not accepting messages
  "2.2": "mailbox-full", // RFC 3463
  "2.3": "too-big", // RFC 3463, message length exceeds administrative limit
  "2.4": "filtered", // RFC 3463, mailing list expansion problem
  "3.1": "system", // RFC 3463 section 3.4, mail system full
  "3.2": "system", // RFC 3463, system not accepting network messages
  "3.3": "system", // RFC 3463, system not capable of selected features
  "3.4": "too-big", // RFC 3463, message too big for system
  "3.5": "system", // RFC 3463, system incorrectly configured
  "4.1": "network", // RFC 3463 section 3.5, no answer from host
  "4.2": "network", // RFC 3463, bad connection
  "4.3": "network", // RFC 3463, directory server failure
  "4.4": "bad-domain", // RFC 3463, unable to route
  "4.5": "rate-limit", // RFC 3463, mail system congestion
  "4.6": "loop", // RFC 3463, routing loop detected
  "4.7": "expired", // RFC 3463, delivery time expired
  "4.14": "loop", // Exchange Online, hop count exceeded
  "4.300": "expired", // Exchange Online
  "4.310": "bad-domain", // Exchange Online, DNS domain does not exist
  "4.312": "network", // Exchange Online, DNS query failed
  "4.316": "expired", // Exchange Online, message expired
  "5.2": "protocol", // RFC 3463 section 3.6, syntax error
  "5.3": "too-many-recipients", // RFC 3463
  "5.4": "protocol", // RFC 3463, invalid command arguments
  "6.0": "content", // RFC 3463 section 3.7
  "6.1": "content",
  "6.2": "content",
  "6.3": "content",
  "6.5": "content",
  "6.6": "content",
  "6.7": "protocol", // RFC 6531, a non-ASCII address is not permitted
  "7.1": "policy", // RFC 3463 section 3.8, delivery not authorized, message refused
  "7.2": "filtered", // RFC 3463, mailing list expansion prohibited
  "7.3": "policy",
  "7.4": "policy",
  "7.5": "policy",
  "7.7": "content",
  "7.8": "credentials", // RFC 4954 section 6
  "7.9": "policy", // RFC 4954 "authentication mechanism is too weak"; Yahoo answers policy refusals with it
  "7.10": "credentials", // RFC 5248, encryption needed
  "7.11": "credentials", // RFC 4954, encryption required for this mechanism
  "7.13": "disabled", // RFC 5248, user account disabled
  "7.14": "credentials", // RFC 5248, trust relationship required
  "7.15": "policy", // RFC 6710, priority level is too low
  "7.16": "too-big", // RFC 6710
  "7.17": "moved", // RFC 7293, mailbox owner has changed
  "7.18": "moved", // RFC 7293, domain owner has changed
  "7.20": "authentication", // RFC 7372 section 3.1, no passing DKIM signature
  "7.21": "authentication", // RFC 7372, no acceptable DKIM signature
  "7.22": "authentication", // RFC 7372, no valid author-matched DKIM signature
  "7.23": "authentication", // RFC 7372 section 3.2, SPF validation failed
  "7.24": "authentication", // RFC 7372, SPF validation error
  "7.25": "blocked", // RFC 7372 section 3.3, reverse DNS validation failed
  "7.26": "authentication", // RFC 7372 section 3.4, multiple authentication checks failed
  "7.27": "no-mail-accepted", // RFC 7505 section 4.2; Gmail uses it for a failed SPF check, which its words tell
  "7.28": "rate-limit", // RFC 8506, mail flood detected; Gmail
  "7.29": "authentication", // RFC 8617, ARC validation failure; Gmail: no TLS
  "7.30": "tls", // RFC 8689, REQUIRETLS support required
  "7.57": "credentials", // Exchange Online, client not authenticated
  "7.64": "relay", // Exchange Online, tenant attribution
  "7.133": "filtered", // Exchange, sender not authenticated for the group
  "7.136": "filtered", // Exchange, sender not authenticated for the mailbox
  "7.193": "filtered",
  "7.501": "spam", // Exchange Online: 501 to 508 and 511 are banned senders
  "7.502": "spam",
  "7.503": "spam",
  "7.504": "disabled", // Exchange Online, recipient address rejected
  "7.505": "disabled", // Exchange Online, banned recipient
  "7.506": "blocked", // Exchange Online, bad HELO
  "7.507": "filtered", // Exchange Online, refused by recipient
  "7.508": "rate-limit", // Exchange Online, rate limits of the sending IP
  "7.509": "authentication", // Exchange Online, DMARC
  "7.510": "filtered", // Exchange Online, contact the recipient's domain
  "7.511": "reputation", // Exchange Online, banned sender
  "7.512": "content", // Exchange Online, RFC 5322
  "7.515": "authentication", // Outlook.com, bulk senders since 5 May 2025
  "7.606": "reputation", // Exchange Online: 606 to 649 are banned sending IPs
  "7.705": "rate-limit", // Exchange Online, tenant has exceeded threshold
  "7.708": "reputation", // Exchange Online, traffic not accepted from this IP
  "7.750": "reputation",
};

const statusPattern = /^([245])\.(\d{1,3})\.(\d{1,3})$/;

/** Splits `5.1.1`; `null` for anything that is no enhanced status code (RFC 3463 section 2). */
export function splitEnhanced(enhanced: string): { readonly class: 2 | 4 | 5; readonly detail: string } | null {
  const match = statusPattern.exec(enhanced);
  if (!match) return null;
  return { class: Number(match[1]) as 2 | 4 | 5, detail: `${Number(match[2])}.${Number(match[3])}` };
}

/** What the code alone says, or `null` when it leaves that to the words. */
export function reasonOfEnhanced(enhanced: string): ReplyReason | null {
  const parts = splitEnhanced(enhanced);
  if (!parts) return null;
  const known = reasonsByDetail[parts.detail];
  if (known) return known;
  if (/^7\.6\d\d$/.test(parts.detail)) return "reputation";
  if (parts.detail.startsWith("7.")) return "policy";
  if (parts.detail.startsWith("6.")) return "content";
  return null;
}
