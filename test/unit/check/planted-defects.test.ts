import { describe, expect, it } from "vitest";
import { checkIssue } from "../../../src/check/check-issue.ts";
import type { RuleId } from "../../../src/check/rules.ts";
import type { Digest } from "../../../src/domain/digest.ts";
import { parseIssue } from "../../../src/issue/parse-issue.ts";
import { InputError } from "../../../src/lib/errors.ts";
import { createSeededRandom } from "../../../src/lib/random.ts";
import { createPicture, resolveEveryPicture } from "../../support/rich-issue.ts";
import { writeIssue } from "../../support/sound-issue.ts";

interface Defect {
  readonly rule: RuleId;
  /** A line of a sound issue, and what it becomes: the finding must stand there. */
  readonly find: RegExp;
  readonly plant: string;
}

const defects: readonly Defect[] = [
  { rule: "schema", find: /^ {2}- type: divider$/, plant: "  - type: dividor" },
  { rule: "schema", find: /^( +)title: A ship came in$/, plant: "$1titel: A ship came in" },
  { rule: "link-insecure", find: /https:(\/\/tides\S*)/, plant: "http:$1" },
  { rule: "link-insecure", find: /https:(\/\/harbour.example.net\/cranes)/, plant: "http:$1" },
  {
    rule: "link-shows-other-host",
    find: /\[the story of the cranes\]/,
    plant: "[cranes.example.org]",
  },
  { rule: "link-vague", find: /text: See the ship/, plant: "text: Read more" },
  { rule: "link-vague", find: /\[the story of the cranes\]/, plant: "[here]" },
  { rule: "link-placeholder", find: /https:\/\/pilots\S+/, plant: "https://example.com/" },
  { rule: "picture-alt-file", find: /alt: A ship at the quay/, plant: "alt: IMG_2041.JPG" },
  { rule: "picture-weight", find: /src: ship\.jpg/, plant: "src: heavy.jpg" },
  { rule: "picture-transparent", find: /src: ship\.jpg/, plant: "src: glass.jpg" },
  { rule: "picture-alt", find: /alt: A ship at the quay/, plant: `alt: "", href: https://harbour.example.net/big` },
  { rule: "subject-length", find: /^subject: /, plant: `subject: ${"a very long story ".repeat(5)}` },
  { rule: "subject-shouts", find: /^subject: .*/, plant: "subject: CRANES NOW OR NEVER!!" },
  { rule: "preheader-length", find: /^preheader: .*/, plant: "preheader: Too short." },
  {
    rule: "preheader-repeats",
    find: /^preheader: .*/,
    plant: "preheader: New cranes in the harbour",
  },
  { rule: "slot-no-fallback", find: /\{\{subscriber\.firstName\|there\}\}/, plant: "{{subscriber.firstName}}" },
  { rule: "heading-order", find: /## How they came/, plant: "### How they came" },
  { rule: "event-past", find: /date: 2026-12-24/, plant: "date: 2025-12-24" },
];

/** Found again from this number, should one of them fail. */
const seeds = Array.from({ length: 25 }, (_, index) => index + 1);

describe("defects that a seeded hand plants", () => {
  it("a sound issue has no finding", () => {
    for (const seed of seeds) expect(check(writeIssue(createSeededRandom(seed))), `seed ${seed}`).toEqual([]);
  });

  it.each(defects.map((defect, index) => ({ ...defect, index })))(
    "$rule is found at its line ($index)",
    ({ rule, find, plant }) => {
      for (const seed of seeds) {
        const random = createSeededRandom(seed * 1_000);
        const lines = writeIssue(random).split("\n");
        const candidates = lines.flatMap((line, index) => (find.test(line) ? [index] : []));
        const chosen = candidates[Math.floor(random.next() * candidates.length)] as number;
        const planted = lines.map((line, index) => (index === chosen ? line.replace(find, plant) : line)).join("\n");
        const found = check(planted).filter((finding) => finding.rule === rule);
        expect(
          found.map(({ line }) => line),
          `seed ${seed}\n${planted}`,
        ).toContain(chosen + 1);
      }
    },
  );
});

function check(text: string): { rule: RuleId; line: number | undefined }[] {
  try {
    const issue = parseIssue(Buffer.from(text), "2026-12-harbour.yaml");
    const pictures = resolveEveryPicture(issue);
    const bySource = new Map([
      ...pictures.bySource,
      ["heavy.jpg", { ...createPicture("heavy.jpg"), sizeBytes: 900_000 }] as const,
      ["glass.jpg", { ...createPicture("glass.jpg"), transparent: true }] as const,
    ]);
    const findings = checkIssue(issue, { ...pictures, bySource }, noDigest, { text });
    return findings.map(({ rule, place }) => ({ rule, line: place.line }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ place }) => ({ rule: "schema", line: place?.line }));
  }
}

/** Rules about the compiled mail have tests of their own. */
const noDigest = { variants: new Map(), audiences: [] } as unknown as Digest;
