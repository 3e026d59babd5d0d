import type { Place } from "../lib/errors.ts";
import type { Finding } from "./finding.ts";
import { rules, type RuleId } from "./rules.ts";

/** A finding of a rule, with the severity that the rule has. */
export function createFinding(rule: RuleId, place: Place, message: string, mend: string): Finding {
  return { rule, severity: rules[rule].severity, message, mend, place };
}
