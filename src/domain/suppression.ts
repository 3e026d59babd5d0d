import { isAddressProblem, parseAddress } from "./address.ts";
import { asciiDomain } from "./domain-name.ts";

/** Why an address or a domain must not be mailed. `erased` is set by erasing a person alone. */
export const suppressionReasons = ["hard-bounce", "soft-bounces", "complaint", "manual", "erased", "imported"] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** What must not be mailed, and why. */
export interface Suppression {
  /** An address key, a whole domain as `@example.com`, or the keyed hash of an erased address as `#..`. */
  readonly key: string;
  readonly reason: SuppressionReason;
  /** A file, a report, or who pressed the button. */
  readonly source: string;
  /** Waits for a second proof: nobody is mailed, but an operator sees it in a list of its own. */
  readonly provisional: boolean;
  readonly createdAt: Date;
}

/** What is about to be suppressed. */
export interface NewSuppression {
  /** As `readSuppressionKey` gives it. */
  readonly key: string;
  readonly reason: SuppressionReason;
  readonly source: string;
  readonly provisional?: boolean;
}

const erasedPattern = /^#[0-9a-f]{64}$/;

/**
 * Reads an address, a whole domain (`@example.com`, not its subdomains) or a hash that an export wrote.
 * @returns the key, or in words what is wrong
 */
export function readSuppressionKey(text: string): { readonly key: string } | { readonly problem: string } {
  const given = text.trim();
  if (erasedPattern.test(given)) return { key: given };
  if (given.startsWith("@")) {
    const domain = asciiDomain(given.slice(1));
    return typeof domain === "string"
      ? { key: `@${domain}` }
      : { problem: `${JSON.stringify(given)} ${domain.problem}.` };
  }
  const address = parseAddress(given);
  if (!isAddressProblem(address)) return { key: address.key };
  const asDomain = given.includes("@") ? null : asciiDomain(given);
  const hint =
    typeof asDomain === "string" && asDomain.includes(".") ? ` For the whole domain write @${asDomain}.` : "";
  return { problem: `${address.problem}${hint}` };
}
