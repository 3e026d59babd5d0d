import type { ProposalOptions } from "../../adapters/postgres/approvals.ts";
import type { ProposedSend } from "../../app/access/approve-send.ts";
import { formatProblem, type InputError, type Problem } from "../../lib/errors.ts";

/** The fields of the form for a send, by their names. */
export type SendField =
  | "issue"
  | "list"
  | "segment"
  | "whom"
  | "when"
  | "at"
  | "tz"
  | "window"
  | "canary"
  | "canaryWait"
  | "policy";

/** What was written, and what is wrong with it where. */
export interface GivenSend {
  readonly values: Readonly<Partial<Record<SendField, string>>>;
  readonly problems: ReadonlyMap<SendField | "form", string>;
}

const noProblems: GivenSend["problems"] = new Map();

export function givenSend(values: GivenSend["values"], error?: InputError): GivenSend {
  return { values, problems: error ? problemsByField(error) : noProblems };
}

/** What the form asks for, judged by `prepareSend` as the command line's words are. @param form an empty text is left out */
export function readSendForm(form: URLSearchParams): Omit<ProposedSend, "issueFile"> {
  const text = (name: SendField): string | null => form.get(name)?.trim() || null;
  const when = form.get("when");
  return {
    issueKey: text("issue") ?? "",
    list: text("list") ?? "",
    segment: text("segment"),
    // A time that was forgotten must not mean at once.
    at: when === "now" ? null : (text("at") ?? ""),
    tz: when === "now" ? null : when === "subscriber" ? "subscriber" : text("tz"),
    options: readOptions(text),
  };
}

function readOptions(text: (name: SendField) => string | null): ProposalOptions {
  const [window, canary, canaryWait, whom] = [text("window"), text("canary"), text("canaryWait"), text("whom")];
  return {
    ...(window === null ? {} : { window }),
    ...(canary === null ? {} : { canary: /^[\d.]+$/.test(canary) ? `${canary}%` : canary }),
    // Nobody waits for a share that there is not.
    ...(canary === null || canaryWait === null ? {} : { canaryWait }),
    ...(text("policy") === "resend" ? { policy: "resend" } : {}),
    ...(whom === "missed" || whom === "again" ? { whom } : {}),
  };
}

const fieldOfCode: Readonly<Record<string, SendField>> = {
  "unknown-issue": "issue",
  "list-unknown": "list",
  "no-postal-address": "list",
  "segment-syntax": "segment",
  "segment-meaning": "segment",
  "already-planned": "whom",
  "bad-time": "at",
  "unknown-zone": "tz",
  "bad-window": "window",
  "bad-canary": "canary",
};

function problemsByField(error: InputError): ReadonlyMap<SendField | "form", string> {
  const problems = new Map<SendField | "form", string>();
  for (const problem of error.problems) {
    const field = fieldOf(problem);
    const words = wordsOf(problem);
    problems.set(field, [problems.get(field), words].filter((part) => part !== undefined).join("\n"));
  }
  return problems;
}

/** A problem at a place in a file keeps it; the words of an option are the field's own label here. */
function wordsOf(problem: Problem): string {
  if (problem.place) return formatProblem(problem);
  if (problem.code === "bad-time") return "Write the day and the time, such as 2026-12-01 09:00.";
  return problem.message
    .replace(/^--[a-z-]+(?: ".*?")?: /, "")
    .replace("Say --again to mail it a second time.", "Choose below who gets it a second time.");
}

function fieldOf({ code, message }: Problem): SendField | "form" {
  if (message.startsWith("--canary-wait")) return "canaryWait";
  return fieldOfCode[code] ?? "form";
}
