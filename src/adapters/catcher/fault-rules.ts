/**
 * What the catcher can do wrong on purpose, and the two ways to ask for it: a rule, or the form of an address
 * (`550+anything@example.com`). docs/catcher.md lists both.
 */
import { InputError } from "../../lib/errors.ts";

/** Where in the conversation: the greeting, AUTH, MAIL FROM, RCPT TO, the DATA command, the dot that ends the mail. */
export type FaultStage = "greeting" | "auth" | "mail" | "rcpt" | "data" | "dot";

export type FaultAction =
  /** Answers with this code; 421 also closes the connection (RFC 5321 section 3.8). */
  | { readonly kind: "reply"; readonly code: number; readonly text?: string }
  /** Refuses the first try of a recipient from a sender, and every one within `delayMs`; then accepts. */
  | { readonly kind: "greylist"; readonly code?: number; readonly delayMs?: number }
  /** Cuts the connection without a reply. At the dot the mail is kept: the client can't know. */
  | { readonly kind: "drop" }
  /** Like drop, but at the dot the mail is not kept. */
  | { readonly kind: "lose" }
  /** Waits before it goes on. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** At the dot: accepts, then sends a report of failure back to the envelope sender. */
  | { readonly kind: "dsn"; readonly status?: string }
  /** At the dot: accepts, then sends a complaint, as when a reader presses "spam". */
  | { readonly kind: "complain" };

export interface FaultRule {
  readonly stage: FaultStage;
  readonly action: FaultAction;
  /** All that is named must fit; nothing named fits everything. At the greeting and at AUTH nobody is known yet. */
  readonly match?: { readonly recipient?: string; readonly domain?: string; readonly sender?: string };
  /** Only what comes faster than `limit` in `windowMs`, counted per recipient domain. */
  readonly rate?: { readonly limit: number; readonly windowMs: number };
  /** Only this share of the cases, from 0 to 1. */
  readonly share?: number;
  /** Only the first so many cases. */
  readonly times?: number;
}

const replyCodes = /^[45]\d\d$/;
const stages: readonly string[] = ["greeting", "auth", "mail", "rcpt", "data", "dot"];

/** How long `slow+` waits when the address does not say. */
const slowMsDefault = 5_000;
/** RFC 5321 section 4.5.3.2.6 gives a server 10 minutes for the dot; longer than that shows nothing new. */
const slowMsMax = 600_000;

/** The faults that an address asks for by its first word before a plus sign; none for an ordinary address. */
export function faultsOfAddress(address: string): readonly FaultRule[] {
  const plus = address.indexOf("+");
  if (plus <= 0 || plus > 16) return [];
  const word = address.slice(0, plus).toLowerCase();
  const rest = address.slice(plus + 1).toLowerCase();
  const reply = /^(mail|rcpt|data|dot)?([45]\d\d)$/.exec(word);
  if (reply) {
    const code = Number(reply[2]);
    const stage = (reply[1] ?? "rcpt") as FaultStage;
    const isGreylist = /^greylist[+@]/.test(rest) && code < 500;
    return [{ stage, action: isGreylist ? { kind: "greylist", code } : { kind: "reply", code } }];
  }
  const slow = /^slow(\d{0,3})$/.exec(word);
  if (slow) {
    const delayMs = slow[1] ? Math.min(Number(slow[1]) * 1000, slowMsMax) : slowMsDefault;
    return [{ stage: "dot", action: { kind: "slow", delayMs } }];
  }
  const report = /^dsn(?:([45])(\d)(\d{1,2}))?$/.exec(word);
  if (report) {
    const status = report[1] ? `${report[1]}.${report[2]}.${report[3]}` : "5.1.1";
    return [{ stage: "dot", action: { kind: "dsn", status } }];
  }
  if (word === "complain") return [{ stage: "dot", action: { kind: "complain" } }];
  const cut = /^(drop|lose)(rcpt|data|dot)?$/.exec(word);
  if (!cut) return [];
  return [{ stage: (cut[2] ?? "dot") as FaultStage, action: { kind: cut[1] as "drop" | "lose" } }];
}

/**
 * Reads one rule from a line: `STAGE WHOM ACTION [rate=N/DURATION] [share=0.1] [times=N]`.
 * WHOM is `*`, `*@domain`, or an address; ACTION a code with optional words in quotes, `greylist`, `drop`, `lose`,
 * `slow=2s`, `dsn`, `dsn=5.2.2` or `complain`. Example: `rcpt *@gmail.test 421 rate=20/1s`.
 * Errors: `InputError` (`catcher-fault`).
 */
export function parseFaultRule(line: string): FaultRule {
  const words = line.match(/"[^"]*"|\S+/g) ?? [];
  const [stage = "", whom = "", actionWord = "", ...rest] = words;
  if (!stages.includes(stage)) throw unusable(line, `the stage must be one of ${stages.join(", ")}`);
  const quoted = rest.find((word) => word.startsWith('"'))?.slice(1, -1);
  const options = rest.filter((word) => !word.startsWith('"'));
  const rule: { -readonly [key in keyof FaultRule]: FaultRule[key] } = {
    stage: stage as FaultStage,
    action: parseAction(line, actionWord, quoted),
  };
  const match = parseWhom(line, whom, stage);
  if (match) rule.match = match;
  for (const option of options) {
    const [name, value = ""] = option.split("=");
    if (name === "share" && Number(value) > 0 && Number(value) <= 1) rule.share = Number(value);
    else if (name === "times" && /^[1-9]\d{0,8}$/.test(value)) rule.times = Number(value);
    else if (name === "rate") rule.rate = parseRate(line, value);
    else throw unusable(line, `${option} is not rate=N/DURATION, share=0..1 or times=N`);
  }
  return rule;
}

/** The line that `parseFaultRule` reads back. */
export function formatFaultRule(rule: FaultRule): string {
  const { match, rate, share, times } = rule;
  const domain = match?.domain === undefined ? undefined : `*@${match.domain}`;
  const sender = match?.sender?.startsWith("@") ? `*${match.sender}` : match?.sender;
  return [
    rule.stage,
    match?.recipient ?? domain ?? sender ?? "*",
    ...formatAction(rule.action),
    ...(rate ? [`rate=${rate.limit}/${rate.windowMs}ms`] : []),
    ...(share === undefined ? [] : [`share=${share}`]),
    ...(times === undefined ? [] : [`times=${times}`]),
  ].join(" ");
}

function formatAction(action: FaultAction): string[] {
  if (action.kind === "reply") return [String(action.code), ...(action.text === undefined ? [] : [`"${action.text}"`])];
  if (action.kind === "slow") return [`slow=${action.delayMs}ms`];
  if (action.kind === "greylist") return [action.delayMs ? `greylist=${action.delayMs}ms` : "greylist"];
  if (action.kind === "dsn") return [action.status ? `dsn=${action.status}` : "dsn"];
  return [action.kind];
}

function parseWhom(line: string, whom: string, stage: string): FaultRule["match"] {
  if (whom === "*") return undefined;
  if (stage === "greeting" || stage === "auth")
    throw unusable(line, `at the stage ${stage} nobody is known yet: write *`);
  if (whom.startsWith("*@") && whom.length > 2) {
    const domain = whom.slice(2).toLowerCase();
    return stage === "mail" ? { sender: `@${domain}` } : { domain };
  }
  if (!whom.includes("@")) throw unusable(line, `${whom || "nothing"} is not *, *@domain or an address`);
  return stage === "mail" ? { sender: whom.toLowerCase() } : { recipient: whom.toLowerCase() };
}

function parseAction(line: string, word: string, text: string | undefined): FaultAction {
  if (replyCodes.test(word)) return { kind: "reply", code: Number(word), ...(text === undefined ? {} : { text }) };
  const [kind, value] = word.split("=");
  if (kind === "drop" || kind === "lose" || kind === "complain") return { kind };
  if (kind === "greylist") return value ? { kind, delayMs: parseDuration(line, value) } : { kind };
  if (kind === "slow") return { kind, delayMs: value ? parseDuration(line, value) : slowMsDefault };
  if (kind === "dsn" && value === undefined) return { kind };
  if (kind === "dsn" && /^[45]\.\d{1,3}\.\d{1,3}$/.test(value ?? "")) return { kind, status: value as string };
  throw unusable(line, `${word || "nothing"} is not a 4xx or 5xx code, greylist, drop, lose, slow=2s, dsn or complain`);
}

function parseRate(line: string, value: string): { limit: number; windowMs: number } {
  const [limit = "", window = ""] = value.split("/");
  if (!/^\d{1,9}$/.test(limit)) throw unusable(line, "a rate looks like rate=20/1s");
  return { limit: Number(limit), windowMs: parseDuration(line, window) };
}

function parseDuration(line: string, text: string): number {
  const match = /^(\d{1,7})(ms|s|m)$/.exec(text);
  if (!match) throw unusable(line, `${text || "nothing"} is not a duration such as 500ms, 2s or 1m`);
  const milliseconds = Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as "ms" | "s" | "m"];
  return Math.min(milliseconds, slowMsMax);
}

function unusable(line: string, why: string): InputError {
  return new InputError({ code: "catcher-fault", message: `The fault "${line}" can't be used: ${why}.` });
}
