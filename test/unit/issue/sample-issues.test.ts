import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { picturesOf } from "../../../src/domain/issue-pictures.ts";
import { parseIssue } from "../../../src/issue/parse-issue.ts";

const read = (file: string) => parseIssue(readFileSync(file), file);

describe("the sample issues", () => {
  test.each([
    [
      "issues/2024-05-new-in-may.yaml",
      ["text", "events", "article", "article", "data", "text", "text", "quotation", "text", "button", "signoff"],
    ],
    [
      "issues/2026-W47-weekly-links.yaml",
      ["text", "picture", "links", "links", "links", "quotation", "links", "signoff"],
    ],
    ["issues/2026-11-product-note.md", ["text", "text", "text", "button", "signoff"]],
  ])("%s has its blocks", (file, types) => {
    expect(read(file).blocks.map((block) => block.type)).toEqual(types);
  });

  test.each(["issues/2024-05-new-in-may.yaml", "issues/2026-W47-weekly-links.yaml", "issues/2026-11-product-note.md"])(
    "%s greets by the first name, or without one, and has its pictures",
    (file) => {
      const issue = read(file);
      expect(JSON.stringify(issue.blocks[0])).toMatch(/"name":"subscriber\.firstName","fallback":"\w+"/);
      const pictures = picturesOf(issue);
      expect(pictures.length).toBeGreaterThan(0);
      for (const { picture } of pictures) {
        expect(existsSync(join(issue.folder, picture.src))).toBe(true);
        expect(readFileSync(join(issue.folder, picture.src)).length).toBeLessThan(150_000);
      }
    },
  );

  test("the events of May are where and when they were", () => {
    const events = read("issues/2024-05-new-in-may.yaml").blocks.flatMap((block) =>
      block.type === "events"
        ? block.groups.flatMap((group) =>
            group.events.map((event) => [
              group.place,
              event.start.time ?? null,
              new Date(event.start.instantMs).toISOString(),
              event.speakers.join(", "),
            ]),
          )
        : [],
    );
    expect(events).toEqual([
      ["New York", "17:00", "2024-06-05T21:00:00.000Z", ""],
      ["New York", "17:00", "2024-06-06T21:00:00.000Z", "Samiksha Pal"],
      ["New York", "18:00", "2024-06-07T22:00:00.000Z", ""],
      ["San Francisco", null, "2024-06-25T07:00:00.000Z", "Pankaj Gupta, Philip Kiely"],
      ["Anywhere in the world", "10:00", "2024-06-12T17:00:00.000Z", "Philip Kiely, Daniel Lenton"],
    ]);
  });

  test("May carries over the facts of its original", () => {
    const text = readFileSync("issues/2024-05-new-in-may.yaml", "utf8");
    const facts = [
      "TechWeek",
      "AI Engineer World’s Fair",
      "TensorRT-LLM",
      "async inference",
      "Dynamic routing",
      "House party",
      "Kubernetes",
      "VPC",
      "availability, security, compliance",
      "Llama 3",
      "six months",
      "Het",
      "open source AI",
      "The team at Baseten",
    ];
    for (const fact of facts) expect(text).toContain(fact);
    expect(text).toMatch(/invented/);
  });
});
