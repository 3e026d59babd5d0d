/** Decides at each stage of a conversation whether something goes wrong. Keeps what greylisting and rates must remember. */
import type { Clock } from "../../lib/clock.ts";
import type { Random } from "../../lib/random.ts";
import type { CatcherFaults } from "../../domain/caught-mail.ts";
import { type FaultRule, type FaultStage, faultsOfAddress, formatFaultRule, parseFaultRule } from "./fault-rules.ts";
import { type FaultReply, replyOf } from "./fault-replies.ts";

export type FaultOutcome =
  | { readonly type: "go" }
  | { readonly type: "reply"; readonly reply: FaultReply }
  | { readonly type: "drop" }
  | { readonly type: "lose" };

export type AskedReport =
  | { readonly kind: "bounce"; readonly recipient: string; readonly status: string }
  | { readonly kind: "complaint"; readonly recipient: string };

export interface FaultDecision {
  readonly outcome: FaultOutcome;
  /** Waited before the outcome. */
  readonly delayMs: number;
  /** What is sent back about recipients once the mail is taken. */
  readonly reports: readonly AskedReport[];
}

export interface Faults extends CatcherFaults {
  decide(stage: FaultStage, sender: string, recipients: readonly string[]): FaultDecision;
  /** Replaces the rules while running; what greylisting remembers stays. */
  setRules(rules: readonly FaultRule[]): void;
}

interface WatchedRule {
  readonly rule: FaultRule;
  cases: number;
  readonly rates: Map<string, { since: number; seen: number }>;
}

/** Pairs of sender and recipient that greylisting remembers; the oldest are forgotten. */
const greylistMax = 100_000;
/** Domains whose rate is watched at once. */
const domainsMax = 10_000;
const quiet: FaultDecision = { outcome: { type: "go" }, delayMs: 0, reports: [] };

export function createFaults(options: { rules: readonly FaultRule[]; clock: Clock; random: Random }): Faults {
  const { clock, random } = options;
  let watching: WatchedRule[] = [];
  const firstTries = new Map<string, number>();
  const happened: Record<string, number> = {};

  function isGreylisted(sender: string, recipient: string, delayMs: number): boolean {
    const key = `${sender}\n${recipient}`.toLowerCase();
    const first = firstTries.get(key);
    if (first !== undefined) return clock.monotonicMs() - first < delayMs;
    firstTries.set(key, clock.monotonicMs());
    if (firstTries.size > greylistMax) firstTries.delete(firstTries.keys().next().value as string);
    return true;
  }

  function isOverRate(watched: WatchedRule, domain: string): boolean {
    const { rate } = watched.rule;
    if (!rate) return true;
    const now = clock.monotonicMs();
    const window = watched.rates.get(domain);
    if (!window || now - window.since >= rate.windowMs) {
      watched.rates.set(domain, { since: now, seen: 1 });
      if (watched.rates.size > domainsMax) watched.rates.delete(watched.rates.keys().next().value as string);
      return rate.limit < 1;
    }
    window.seen += 1;
    return window.seen > rate.limit;
  }

  function applies(watched: WatchedRule, stage: FaultStage, sender: string, recipient: string): boolean {
    const { rule } = watched;
    if (rule.stage !== stage || !fits(rule, sender, recipient)) return false;
    if (!isOverRate(watched, domainOf(recipient || sender))) return false;
    if (rule.share !== undefined && random.next() >= rule.share) return false;
    if (rule.times !== undefined && watched.cases >= rule.times) return false;
    watched.cases += 1;
    return true;
  }

  function setRules(next: readonly FaultRule[]): void {
    watching = next.map((rule) => ({ rule, cases: 0, rates: new Map() }));
  }

  setRules(options.rules);
  return {
    decide(stage, sender, recipients) {
      const asking = stage === "greeting" || stage === "auth" ? [""] : stage === "mail" ? [sender] : recipients;
      let outcome: FaultOutcome = { type: "go" };
      let delayMs = 0;
      const reports: AskedReport[] = [];
      const happen = (rule: FaultRule, recipient: string) => {
        const { action } = rule;
        if (action.kind === "greylist" && !isGreylisted(sender, recipient, action.delayMs ?? 0)) return;
        if (action.kind === "slow") delayMs = Math.max(delayMs, action.delayMs);
        else if (action.kind === "dsn") reports.push({ kind: "bounce", recipient, status: action.status ?? "5.1.1" });
        else if (action.kind === "complain") reports.push({ kind: "complaint", recipient });
        else if (outcome.type !== "go") return; // the first that answers wins
        else if (action.kind === "drop" || action.kind === "lose") outcome = { type: action.kind };
        else outcome = { type: "reply", reply: replyOf(action, stage) };
        happened[action.kind] = (happened[action.kind] ?? 0) + 1;
      };
      for (const address of asking) {
        const recipient = stage === "mail" ? "" : address;
        for (const watched of watching) if (applies(watched, stage, sender, recipient)) happen(watched.rule, recipient);
        for (const rule of faultsOfAddress(address)) if (rule.stage === stage) happen(rule, recipient);
      }
      return outcome.type === "go" && delayMs === 0 && reports.length === 0 ? quiet : { outcome, delayMs, reports };
    },
    setRules,
    setLines: (lines) => setRules(lines.map(parseFaultRule)),
    lines: () => watching.map(({ rule }) => formatFaultRule(rule)),
    counts: () => ({ ...happened }),
  };
}

function fits(rule: FaultRule, sender: string, recipient: string): boolean {
  const { match } = rule;
  if (!match) return true;
  if (match.recipient !== undefined && match.recipient.toLowerCase() !== recipient.toLowerCase()) return false;
  if (match.domain !== undefined && !fitsDomain(match.domain, recipient)) return false;
  if (match.sender === undefined) return true;
  if (match.sender.startsWith("@")) return fitsDomain(match.sender.slice(1), sender);
  return match.sender.toLowerCase() === sender.toLowerCase();
}

/** `*.example.com` fits every name below it; without the star only the name itself. */
function fitsDomain(wanted: string, address: string): boolean {
  const domain = domainOf(address);
  const name = wanted.toLowerCase();
  return name.startsWith("*.") ? domain.endsWith(name.slice(1)) : domain === name;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}
