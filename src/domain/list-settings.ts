import type { Problem } from "../lib/errors.ts";
import { InputError } from "../lib/errors.ts";
import { stripControls } from "../lib/escape.ts";
import { isAddressProblem, parseAddress } from "./address.ts";
import { canonicalLanguage } from "./language-tag.ts";
import { readZone } from "./time-zone.ts";

/** What a person decides about a list. */
export interface ListSettings {
  /** "news": how the command line and links name it, for ever. */
  readonly slug: string;
  readonly name: string;
  readonly fromName: string;
  readonly fromAddress: string;
  readonly replyTo: string | null;
  /** One line an entry. */
  readonly postalAddress: readonly string[];
  /** RFC 2919: the part in angle brackets; stable for the list's life. */
  readonly listId: string;
  /** Where readers without a known zone are assumed to live. */
  readonly zone: string;
  readonly lang: string;
}

/** Those that may change after the list was made: a List-Id is what readers' filters know it by. */
export type ListChanges = Partial<Omit<ListSettings, "slug" | "listId">>;

/** What must be given; the rest has an answer. */
export type NewList = Pick<ListSettings, "slug" | "fromAddress"> & Partial<Omit<ListSettings, "slug" | "fromAddress">>;

const slugPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const nameCharactersMax = 200;
const postalLinesMax = 10;
/** RFC 2919 section 3: at most 255 octets, and at least one dot. */
const listIdOctetsMax = 255;
const listIdPattern = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i;
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Fills in what was left out: the name from the slug, the sender's name from the list's, the List-Id from slug and domain.
 * @throws InputError `list-settings` with every problem
 */
export function completeList(given: NewList): ListSettings {
  // What follows from a wrong answer is not wrong a second time.
  const slug = slugPattern.test(given.slug) ? given.slug : "list";
  const name = given.name ?? slug;
  const from = parseAddress(given.fromAddress);
  const domain = isAddressProblem(from) ? "example.com" : from.domain;
  return checkList({
    slug: given.slug,
    name,
    fromName: given.fromName ?? (stripControls(name) || slug),
    fromAddress: given.fromAddress,
    replyTo: given.replyTo ?? null,
    postalAddress: given.postalAddress ?? [],
    listId: given.listId ?? `${slug}.${domain}`,
    zone: given.zone ?? "UTC",
    lang: given.lang ?? "en",
  });
}

/**
 * The settings in the form in which they are stored: addresses as the wire carries them, zone and language in their usual
 * spelling, no line break anywhere (all of it stands in header fields).
 * @throws InputError `list-settings` with every problem
 */
export function checkList(settings: ListSettings): ListSettings {
  const problems: Problem[] = [];
  const report = (message: string): void => void problems.push({ code: "list-settings", message });
  if (!slugPattern.test(settings.slug)) {
    report(
      `The list can't be called ${JSON.stringify(settings.slug)}: use up to 63 lower-case letters, digits and hyphens, such as "weekly-news".`,
    );
  }
  const line = (what: string, text: string): string => readLine(what, text, report);
  const address = (what: string, text: string): string => readSender(what, text, report);
  if (settings.postalAddress.length > postalLinesMax)
    report(`The postal address has ${settings.postalAddress.length} lines; ${postalLinesMax} are allowed.`);
  if (settings.listId.length > listIdOctetsMax || !listIdPattern.test(settings.listId)) {
    report(`The List-Id ${JSON.stringify(settings.listId)} is not of the form "news.example.com" (RFC 2919).`);
  }
  const zone = readZone(settings.zone);
  if ("problem" in zone) report(`The list's zone: ${zone.problem}.`);
  const lang = canonicalLanguage(settings.lang);
  if (lang === null)
    report(`The list's language ${JSON.stringify(settings.lang)} is not known: write a tag such as "de" or "pt-BR".`);
  const checked: ListSettings = {
    slug: settings.slug,
    name: line("The list's name", settings.name),
    fromName: line("The sender's name", settings.fromName),
    fromAddress: address("The sender's address", settings.fromAddress),
    replyTo: settings.replyTo === null ? null : address("The reply-to address", settings.replyTo),
    postalAddress: settings.postalAddress.map((text) => line("A line of the postal address", text)),
    listId: settings.listId.toLowerCase(),
    zone: "zone" in zone ? zone.zone : settings.zone,
    lang: lang ?? settings.lang,
  };
  if (problems.length > 0) throw new InputError(problems);
  return checked;
}

function readLine(what: string, text: string, report: (message: string) => void): string {
  const line = text.trim().normalize("NFC");
  if (line === "") report(`${what} is empty.`);
  if (line.length > nameCharactersMax)
    report(`${what} has ${line.length} characters; ${nameCharactersMax} are allowed.`);
  if (control.test(line)) report(`${what} holds a line break or another control character: ${JSON.stringify(line)}.`);
  return line;
}

function readSender(what: string, text: string, report: (message: string) => void): string {
  const address = parseAddress(text.trim());
  if (isAddressProblem(address)) {
    report(`${what}: ${address.problem}`);
    return text;
  }
  // Most servers of readers don't announce SMTPUTF8, and would refuse every mail.
  if (address.needsSmtpUtf8)
    report(`${what} ${JSON.stringify(text)} must be ASCII before the @: most servers take no other sender.`);
  return address.wire;
}
