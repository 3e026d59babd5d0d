import type { Place } from "../lib/errors.ts";
import type { RuleId } from "./rules.ts";

export type Severity = "error" | "warning" | "note";

/** One thing that a check has to say about an issue or a template. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** What is wrong. */
  readonly message: string;
  /** How to mend it. */
  readonly mend: string;
  readonly place: Place;
}
