import type { ReplyReason } from "./reply-reason.ts";

/*
 * Codes that a provider puts into its replies beside the RFC's. Where one stands, it decides: the words around it and the
 * enhanced code are often the same for everything.
 */

interface ProviderCodes {
  /** Finds the code; the first group is the key. Run over the reply as it stands. */
  readonly pattern: RegExp;
  readonly reasons: (code: string) => ReplyReason | null;
}

/** Orange, Wanadoo and La Poste: `OFR_416`, `LPN007_416`. postmaster.orange.fr, "codes d'erreur". */
const orange: Readonly<Record<string, ReplyReason>> = {
  "101": "blocked",
  "102": "blocked",
  "103": "blocked",
  "104": "rate-limit",
  "305": "policy",
  "401": "authentication",
  "402": "credentials",
  "403": "sender",
  "405": "sender",
  "415": "sender",
  "416": "bad-mailbox",
  "417": "mailbox-full",
  "420": "disabled",
  "421": "sender",
  "426": "disabled",
  "505": "system",
  "506": "spam",
  "510": "blocked",
  "514": "too-big",
  "517": "authentication",
  "630": "policy",
  "999": "blocked",
};

/** Facebook: `RCP-P1`. facebook.com/postmaster/response_codes. */
const facebook: Readonly<Record<string, ReplyReason>> = {
  "RCP-P1": "bad-mailbox",
  "INT-P1": "bad-mailbox",
  "INT-P3": "bad-mailbox",
  "INT-P4": "bad-mailbox",
  "RCP-P2": "filtered",
  "RCP-P3": "filtered",
  "RCP-T1": "system",
  "RCP-T4": "disabled",
  "POL-P5": "virus",
  "POL-P6": "spam",
  "POL-P7": "authentication",
  "DNS-P1": "sender",
  "DNS-P2": "sender",
  "DNS-T1": "sender",
  "MSG-P1": "too-big",
  "INT-P2": "too-big",
  "MSG-P2": "content",
  "MSG-P3": "content",
  "MSG-T1": "too-many-recipients",
};

/** i.ua (Ukraine): `mail.i.ua/err/2/`. */
const iua: Readonly<Record<string, ReplyReason>> = {
  "1": "blocked",
  "2": "bad-mailbox",
  "3": "disabled",
  "4": "mailbox-full",
  "5": "rate-limit",
  "6": "relay",
  "7": "blocked",
  "8": "sender",
  "9": "blocked",
  "10": "filtered",
};

/** Gmail: the page that a reply links to. support.google.com/a/answer/3726730. */
const gmail: Readonly<Record<string, ReplyReason>> = {
  nosuchuser: "bad-mailbox",
  badrcptdomain: "bad-domain",
  disableduser: "disabled",
  overquotatemp: "mailbox-full",
  overquotaperm: "mailbox-full",
  inboxfull: "mailbox-full",
  maxsizeerror: "too-big",
  unsolicitedmessageerror: "spam",
  unsolicitedratelimiterror: "rate-limit",
  unauthenticatederror: "authentication",
  unauthorizederror: "authentication",
  dmarcrejection: "authentication",
  receivingrate: "rate-limit",
  receivingrateperm: "rate-limit",
  blockedmessage: "virus",
  badsenderdomain: "sender",
};

/** GoDaddy: `IB504`. godaddy.com/help, "email bounces"; those beside these refuse the sending host or what it sends. */
const godaddyRates: ReadonlySet<string> = new Set(["IB007", "IB101", "IB504", "IB510", "IB605", "IB607"]);

const providers: readonly ProviderCodes[] = [
  { pattern: /\b(?:ofr|ouk|lpn)(?:[a-z]{3}|\d{3})?[_-]?(\d{3})\b/i, reasons: (code) => orange[code] ?? null },
  {
    pattern: /\b((?:RCP|POL|DNS|MSG|INT|CON)-[PT]\d)\b/,
    reasons: (code) =>
      facebook[code] ?? (code.startsWith("CON") ? "rate-limit" : code.startsWith("RCP") ? null : "blocked"),
  },
  { pattern: /\bi\.ua\/err\/(\d{1,2})\b/i, reasons: (code) => iua[code] ?? null },
  { pattern: /support\.google\.com\/\S{0,40}[?&]p=(\w{4,40})/i, reasons: (code) => gmail[code.toLowerCase()] ?? null },
  {
    pattern: /\b(IB[5-7]\d\d|IB[12]\d\d|IB007|IB401)\b/,
    reasons: (code) => (godaddyRates.has(code) ? "rate-limit" : "blocked"),
  },
  // Outlook.com: OU-001, SC-001, DY-001 .. name policies about the sending host. sendersupport.olc.protection.outlook.com.
  { pattern: /\b((?:OU|SC|DY)-00\d)\b/, reasons: () => "blocked" },
  // KDDI (ezweb.ne.jp, au.com) names the address where it is unknown; without it, the reader's own filter answers.
  { pattern: /\b550 (?=: User unknown)(:)/i, reasons: () => "filtered" },
  { pattern: /\bAUP#(?:[IO]-)?([\w-]{3,12})/, reasons: reasonOfAcceptableUse },
];

/**
 * Cox names what it found (`AUP#CXBL`), Charter and Spectrum number it (`AUP#I-1310`): cox.com and spectrum.net, "email error
 * codes". All are about the sender.
 */
function reasonOfAcceptableUse(code: string): ReplyReason {
  if (/^CX(?:CNCT|MXRT|THRT)/.test(code)) return "rate-limit";
  if (code.startsWith("CXSNDR")) return "authentication";
  if (code.startsWith("URLBL")) return "spam";
  const number = Number(/^\d{4}/.exec(code)?.[0] ?? Number.NaN);
  if (number >= 1300 && number < 1500) return "rate-limit";
  if (number === 1530) return "too-big";
  if (number >= 1500) return "policy";
  return "blocked";
}

/** The reason that a provider's own code names, or `null` where the reply holds none that is known. */
export function reasonOfProvider(text: string): ReplyReason | null {
  for (const provider of providers) {
    const code = provider.pattern.exec(text)?.[1];
    if (code === undefined) continue;
    const reason = provider.reasons(code);
    if (reason) return reason;
  }
  return null;
}
