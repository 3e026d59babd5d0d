import { InputError } from "../lib/errors.ts";

/** Where in the conversation a fault strikes. */
export type FaultStage = "greeting" | "mail" | "rcpt" | "data" | "body" | "dot";

/** What the sink does instead of going on. */
export type FaultAction =
  /** Answers with a refusal and goes on listening. */
  | "refuse"
  /** Answers and closes (421, and 554 for a greeting). */
  | "close"
  /** Closes without a word. */
  | "drop"
  /** Says nothing more and keeps the connection. */
  | "silence"
  /** Sends the first two digits of a reply and closes. */
  | "cut"
  /** Sends the right reply, one byte at a time. */
  | "drip";

export interface Fault {
  readonly stage: FaultStage;
  readonly action: FaultAction;
  readonly reply?: string;
  /** The message was taken, and stands in the log, before the fault struck. */
  readonly accepts?: true;
}

/** Every fault the sink knows. `-before` and `-after` tell whether it took the message. */
const faults = {
  "greeting-554": { stage: "greeting", action: "close", reply: "554 5.3.2 no mail service here" },
  "greeting-421": { stage: "greeting", action: "close", reply: "421 4.3.2 too busy, try again later" },
  "greeting-drop": { stage: "greeting", action: "drop" },
  "greeting-silence": { stage: "greeting", action: "silence" },
  "mail-421": { stage: "mail", action: "close", reply: "421 4.3.2 shutting down" },
  "mail-451": { stage: "mail", action: "refuse", reply: "451 4.3.0 local error in processing" },
  "mail-452": { stage: "mail", action: "refuse", reply: "452 4.3.1 insufficient system storage" },
  "mail-550": { stage: "mail", action: "refuse", reply: "550 5.7.1 sender refused" },
  "mail-drop": { stage: "mail", action: "drop" },
  "mail-silence": { stage: "mail", action: "silence" },
  "rcpt-421": { stage: "rcpt", action: "close", reply: "421 4.7.0 too many messages, slow down" },
  "rcpt-450": { stage: "rcpt", action: "refuse", reply: "450 4.2.0 greylisted, try again in a moment" },
  "rcpt-452": { stage: "rcpt", action: "refuse", reply: "452 4.2.2 mailbox full" },
  "rcpt-550": { stage: "rcpt", action: "refuse", reply: "550 5.1.1 no such user" },
  "rcpt-552-too-many": { stage: "rcpt", action: "refuse", reply: "552 5.5.3 too many recipients" },
  "rcpt-drop": { stage: "rcpt", action: "drop" },
  "rcpt-silence": { stage: "rcpt", action: "silence" },
  "rcpt-cut": { stage: "rcpt", action: "cut", reply: "250 2.1.5 ok" },
  "rcpt-drip": { stage: "rcpt", action: "drip", reply: "250 2.1.5 ok" },
  "data-421": { stage: "data", action: "close", reply: "421 4.3.2 shutting down" },
  "data-451": { stage: "data", action: "refuse", reply: "451 4.3.0 local error in processing" },
  "data-554": { stage: "data", action: "refuse", reply: "554 5.5.1 no valid recipients" },
  "data-drop": { stage: "data", action: "drop" },
  "data-silence": { stage: "data", action: "silence" },
  "body-drop": { stage: "body", action: "drop" },
  "body-silence": { stage: "body", action: "silence" },
  "dot-421": { stage: "dot", action: "close", reply: "421 4.3.2 shutting down, not taken" },
  "dot-451": { stage: "dot", action: "refuse", reply: "451 4.3.0 local error in processing" },
  "dot-452": { stage: "dot", action: "refuse", reply: "452 4.3.1 insufficient system storage" },
  "dot-552": { stage: "dot", action: "refuse", reply: "552 5.3.4 message too big" },
  "dot-554": { stage: "dot", action: "refuse", reply: "554 5.6.0 content refused" },
  "dot-drop-before": { stage: "dot", action: "drop" },
  "dot-drop-after": { stage: "dot", action: "drop", accepts: true },
  "dot-silence-before": { stage: "dot", action: "silence" },
  "dot-silence-after": { stage: "dot", action: "silence", accepts: true },
  "dot-cut-before": { stage: "dot", action: "cut", reply: "451 4.3.0 local error in processing" },
  "dot-cut-after": { stage: "dot", action: "cut", reply: "250 2.0.0 ok", accepts: true },
  "dot-drip-after": { stage: "dot", action: "drip", reply: "250 2.0.0 ok, slowly", accepts: true },
} as const satisfies Record<string, Fault>;

export type FaultKind = keyof typeof faults;

/** A copy of the table under its general type, for code that takes any fault. */
export const faultTable: Readonly<Record<FaultKind, Fault>> = faults;

export interface FaultPlan {
  /** How often each fault strikes where it could, from 0 to 1; those of one stage may not exceed 1 together. */
  readonly rates: Partial<Readonly<Record<FaultKind, number>>>;
  /** Attempts of one recipient that may meet a fault; later ones go through, so that a drill ends. */
  readonly attemptsMax: number;
  /** Messages a second for a recipient domain; above it, `421 4.7.28` and the connection is closed. */
  readonly domainLimits: Readonly<Record<string, number>>;
  /** How long silence lasts before the sink closes after all. */
  readonly silenceMs: number;
  /** Pause between two bytes of a dripped reply. */
  readonly dripMs: number;
}

/** A sink that takes everything. */
export const noFaults: FaultPlan = {
  rates: {},
  attemptsMax: 3,
  domainLimits: {},
  silenceMs: 600_000,
  dripMs: 1_000,
};

/** No full reply ever comes and the body had begun: whoever sent it can't know. */
export function leavesDoubt(fault: Fault): boolean {
  const late = fault.stage === "body" || fault.stage === "dot";
  return (
    late && (fault.action === "drop" || fault.action === "silence" || fault.action === "cut" || fault.action === "drip")
  );
}

/** @throws InputError when a rate is no share or a stage's rates exceed 1 */
export function checkFaultPlan(plan: FaultPlan): void {
  const totals = new Map<FaultStage, number>();
  for (const [kind, rate] of Object.entries(plan.rates)) {
    if (!(kind in faultTable)) throw new InputError({ code: "fault-plan", message: `there is no fault "${kind}"` });
    if (!(rate >= 0 && rate <= 1)) {
      throw new InputError({ code: "fault-plan", message: `the rate of ${kind} must be from 0 to 1` });
    }
    const { stage } = faultTable[kind as FaultKind];
    totals.set(stage, (totals.get(stage) ?? 0) + rate);
  }
  for (const [stage, total] of totals) {
    if (total > 1 + 1e-9) {
      throw new InputError({ code: "fault-plan", message: `the faults at ${stage} together have a rate above 1` });
    }
  }
}
