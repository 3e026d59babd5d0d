/** The pre-flight: every recipient, not a sample. Fed in batches, it keeps counts and the first offenders only. */
import type { Digest, DigestVariant } from "../domain/digest.ts";
import type { Issue } from "../domain/issue.ts";
import { toWireAddress } from "../digest/wire-address.ts";
import { InputError, type Place } from "../lib/errors.ts";
import { clipBytes } from "./check-digest.ts";
import { createFinding } from "./create-finding.ts";
import type { Finding } from "./finding.ts";
import type { RuleId } from "./rules.ts";

/** One recipient as the check sees one. */
export interface CheckedRecipient {
  readonly address: string;
  readonly lang: string | null;
  readonly zone: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The key of the variant that this one gets. */
  readonly variant: string;
}

export interface AudienceCheck {
  add(recipient: CheckedRecipient): void;
  /** How many were looked at. */
  count(): number;
  findings(): readonly Finding[];
}

/** Offenders that a finding names. */
const offendersMax = 5;
/** A link with its token. */
const linkBytes = 120;

export function createAudienceCheck(issue: Issue, digest: Digest): AudienceCheck {
  const place: Place = { file: issue.file, line: 1, column: 1 };
  const variants = new Map([...digest.variants].map(([key, variant]) => [key, plan(variant)]));
  const offences = new Map<string, { rule: RuleId; what: string; mend: string; count: number; who: string[] }>();
  let count = 0;

  function offend(rule: RuleId, what: string, mend: string, address: string): void {
    const key = `${rule} ${what}`;
    let offence = offences.get(key);
    if (!offence) offences.set(key, (offence = { rule, what, mend, count: 0, who: [] }));
    offence.count += 1;
    if (offence.who.length < offendersMax) offence.who.push(address);
  }

  return {
    add(recipient) {
      count += 1;
      const { address } = recipient;
      try {
        toWireAddress(address);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        offend("audience-address", "have an address that can't be written to", "Correct or remove them.", address);
      }
      const variant = variants.get(recipient.variant);
      if (!variant) return;
      if (variant.isEmpty)
        offend("audience-empty", "get a mail without any content", "Give at least one block no audience.", address);
      let bytes = variant.fixedBytes;
      for (const { field, fallback, times } of variant.fields) {
        const given = valueOf(recipient, field);
        const value = given === "" ? fallback : given;
        if (value === null)
          offend(
            "audience-missing",
            `have no ${field}`,
            `Write {{subscriber.${field}|a word that fits}}, or they are skipped.`,
            address,
          );
        else bytes += Buffer.byteLength(value) * times;
      }
      if (bytes > clipBytes)
        offend(
          "audience-size",
          `get more than ${clipBytes} bytes of HTML, which Gmail cuts`,
          "Shorten the issue or their values.",
          address,
        );
    },
    count: () => count,
    findings: () =>
      [...offences.values()].map(({ rule, what, mend, count: many, who }) => {
        const more = many > who.length ? ` and ${many - who.length} more` : "";
        return createFinding(rule, place, `${many} of ${count} recipients ${what}: ${who.join(", ")}${more}.`, mend);
      }),
  };

  function plan(variant: DigestVariant) {
    const fields = new Map<string, { field: string; fallback: string | null; times: number }>();
    let fixedBytes = variant.html.source.chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0);
    const read = (slots: DigestVariant["subject"]["slots"], isHtml: boolean): void => {
      for (const { name, fallback } of slots) {
        if (!name.startsWith("subscriber.")) {
          if (isHtml) fixedBytes += linkBytes;
          continue;
        }
        const field = name.slice("subscriber.".length);
        const known = fields.get(field) ?? { field, fallback, times: 0 };
        // A place without a fallback needs the value, whatever the others do.
        const strictest = known.fallback === null || fallback === null ? null : fallback;
        fields.set(field, { field, fallback: strictest, times: known.times + (isHtml ? 1 : 0) });
      }
    };
    read(variant.subject.slots, false);
    read(variant.text.source.slots, false);
    read(variant.html.source.slots, true);
    return { fields: [...fields.values()], fixedBytes, isEmpty: hasNoBlocks(variant.key) };
  }

  function hasNoBlocks(key: string): boolean {
    if (issue.blocks.some(({ audience, type }) => audience === undefined && type !== "divider" && type !== "signoff"))
      return false;
    return !key.includes("1");
  }
}

function valueOf(recipient: CheckedRecipient, field: string): string {
  if (field === "address") return recipient.address;
  const value = field === "lang" ? recipient.lang : field === "zone" ? recipient.zone : recipient.attributes[field];
  return value === null || value === undefined ? "" : String(value).trim();
}
