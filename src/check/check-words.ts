import type { Issue } from "../domain/issue.ts";
import type { Place } from "../lib/errors.ts";
import { createFinding } from "./create-finding.ts";
import type { Finding } from "./finding.ts";
import { locateBlock, locateField, type Locate } from "./locate.ts";
import { textOf, type IssueParts } from "./walk-issue.ts";

/** A phone shows some 35 to 45 characters; past 70 a desk cuts, too. */
const subjectCharactersMax = 70;
/** standards: the message in the first 40 to 50 characters, 90 to 130 in all. */
const preheaderCharactersMin = 30;
const preheaderCharactersMax = 140;

/** Subject, preheader, slots, headings and dates. */
export function checkWords(
  issue: Issue,
  parts: IssueParts,
  text?: string,
  locate: Locate = locateBlock,
): readonly Finding[] {
  const findings: Finding[] = [];
  const subjectPlace: Place = locateField(text, "subject", issue.file);
  const preheaderPlace: Place = locateField(text, "preheader", issue.file);
  const subject = textOf(issue.subject);
  const preheader = textOf(issue.preheader);
  const add = (...finding: Parameters<typeof createFinding>): void => void findings.push(createFinding(...finding));

  if ([...subject].length > subjectCharactersMax)
    add(
      "subject-length",
      subjectPlace,
      `The subject has ${[...subject].length} characters; inboxes cut it near ${subjectCharactersMax}.`,
      "Say the one thing that makes people open it, first.",
    );
  if (/!{2,}|\${2,}/.test(subject) || isShouted(subject))
    add(
      "subject-shouts",
      subjectPlace,
      "The subject shouts.",
      "Write it as you would say it: no capitals throughout, at most one exclamation mark.",
    );
  const length = [...preheader].length;
  if (length < preheaderCharactersMin || length > preheaderCharactersMax)
    add(
      "preheader-length",
      preheaderPlace,
      `The preheader has ${length} characters; ${preheaderCharactersMin} to ${preheaderCharactersMax} fit.`,
      "Give a reason to read on in about 90 characters.",
    );
  if (preheader.trim() !== "" && preheader.trim().toLowerCase() === subject.trim().toLowerCase())
    add(
      "preheader-repeats",
      preheaderPlace,
      "The preheader repeats the subject.",
      "Inboxes show both: use the second line for something new.",
    );

  for (const { slot, place } of parts.slots)
    if (slot.fallback === null)
      add(
        "slot-no-fallback",
        place,
        `{{${slot.name}}} has no fallback: a reader without it is skipped.`,
        `Write {{${slot.name}|there}} or another word that fits.`,
      );

  for (const heading of parts.headings)
    if (heading.level > heading.after + 1)
      add(
        "heading-order",
        heading.place,
        `A heading of level ${heading.level} stands where one of level ${heading.after + 1} belongs.`,
        "Begin with `##`, and use `###` below it; screen readers go by levels.",
      );

  for (const block of issue.blocks)
    if (block.type === "events")
      for (const event of block.groups.flatMap((group) => group.events))
        if (event.start.date < issue.date)
          add(
            "event-past",
            locate(event.start.date, block.place),
            `"${textOf(event.title)}" on ${event.start.date} lies before the issue's date ${issue.date}.`,
            "Check the year of one of them.",
          );
  return findings;
}

function isShouted(text: string): boolean {
  const letters = [...text].filter((character) => character.toLowerCase() !== character.toUpperCase());
  return (
    letters.length >= 8 && letters.filter((letter) => letter === letter.toUpperCase()).length > letters.length * 0.7
  );
}
