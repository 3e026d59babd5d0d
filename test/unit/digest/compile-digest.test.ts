import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { loadTemplate } from "../../../src/adapters/files/template-files.ts";
import { compileDigest, type CompileInputs } from "../../../src/digest/compile-digest.ts";
import { engineVersion } from "../../../src/digest/digest-id.ts";
import type { DigestVariant } from "../../../src/domain/digest.ts";
import type { SegmentExpression } from "../../../src/domain/segment.ts";
import { InputError } from "../../../src/lib/errors.ts";
import { fillForReader } from "../../support/compile-file.ts";
import {
  createRichIssue,
  link,
  paragraph,
  resolveEveryPicture,
  richSender,
  slot,
  text,
} from "../../support/rich-issue.ts";

const template = await loadTemplate("templates/digest");

describe("a compiled digest", () => {
  it("leaves the recipient's values open in both parts and in the subject", async () => {
    const digest = await compileDigest(inputs());
    const { subject, html, text: plain } = onlyVariant(digest.variants);
    expect(subject.slots).toEqual([{ name: "subscriber.firstName", fallback: "dear reader", context: "header" }]);
    const names = [
      "link.view",
      "subscriber.firstName",
      "event.0.readerTime",
      "subscriber.address",
      "link.preferences",
      "link.unsubscribe",
    ];
    const found = html.source.slots.map((slot) => slot.name);
    expect(new Set(found)).toEqual(new Set(names));
    expect(plain.source.slots.map((slot) => slot.name)).toEqual(names);
    expect(plain.source.slots.every((slot) => slot.context === "text")).toBe(true);
  });

  it("says of each slot in the HTML how its value has to be escaped there", async () => {
    const digest = await compileDigest(inputs());
    const { html } = onlyVariant(digest.variants);
    html.source.slots.forEach((slot, index) => {
      const before = html.source.chunks.slice(0, index + 1).join("");
      const inTag = before.lastIndexOf("<") > before.lastIndexOf(">");
      expect(slot.context).toBe(inTag ? "attribute" : "html");
    });
  });

  it("leaves slots open inside addresses, to be encoded as a part of one", async () => {
    const href = "https://example.com/poll?who={{subscriber.id|0}}&day=1";
    const place = { file: "issues/rich.yaml" };
    const issue = createRichIssue({
      subject: text("Poll"),
      blocks: [
        { type: "text", place, body: [paragraph(link("Vote", href), " now, ", slot("subscriber.firstName", "you"))] },
        { type: "button", place, action: { text: "Vote here", href } },
      ],
    });
    const { html, text: plain } = onlyVariant((await compileDigest(inputs({ issue }))).variants);
    const contexts = [html, plain].map(({ source }) =>
      source.slots
        .filter((slot) => slot.name.startsWith("subscriber."))
        .map(({ name, context }) => `${name} ${context}`),
    );
    expect(contexts).toEqual([
      ["subscriber.id url", "subscriber.firstName html", "subscriber.id url", "subscriber.address html"],
      ["subscriber.id url", "subscriber.firstName text", "subscriber.id url", "subscriber.address text"],
    ]);
    expect(fillForReader(plain.source)).toContain("Vote here:\nhttps://example.com/poll?who=0&day=1\n");
    expect(fillForReader(html.source)).toContain(' href="https://example.com/poll?who=0&amp;day=1"');
  });

  it("has the same id for the same inputs, wherever the issue's file lay", async () => {
    const here = await compileDigest(inputs());
    const there = await compileDigest(
      inputs({ issue: createRichIssue({ file: "/elsewhere/rich.yaml", folder: "/elsewhere" }) }),
    );
    expect(there.id).toBe(here.id);
    expect(there.variants).toEqual(here.variants);
    expect(here.id).toMatch(/^[0-9a-f]{64}$/);
  });

  it("names in its id the versions that make its bytes", async () => {
    const installed = await Promise.all(
      ["mjml", "handlebars"].map(async (name) => {
        const path = `node_modules/${name}/package.json`;
        return `${name} ${(JSON.parse(await readFile(path, "utf8")) as { version: string }).version}`;
      }),
    );
    expect(engineVersion).toBe(`1 ${installed.join(" ")}`);
  });

  it.each([
    ["the issue", inputs({ issue: createRichIssue({ title: text("New in June") }) })],
    ["the sender", inputs({ sender: { ...richSender, postalAddress: ["Elsewhere"] } })],
    ["the pages' address", inputs({ publicUrl: "https://other.example.com" })],
    ["the theme", inputs({ template: { ...template, theme: { ...template.theme, extra: 1 } } })],
  ])("has another id when %s changes", async (_, changed) => {
    const [before, after] = [await compileDigest(inputs()), await compileDigest(changed)];
    expect(after.id).not.toBe(before.id);
  });
});

describe("audiences", () => {
  const german: SegmentExpression = { type: "comparison", field: "lang", operator: "=", value: "de" };
  const paying: SegmentExpression = { type: "present", field: "plan" };
  const place = { file: "issues/rich.yaml" };
  const issue = createRichIssue({
    blocks: [
      { type: "text", place, body: [paragraph("For everyone")] },
      { type: "text", place, audience: german, body: [paragraph("Nur auf Deutsch")] },
      { type: "text", place, audience: paying, body: [paragraph("For customers")] },
      { type: "text", place, audience: { ...german }, body: [paragraph("Noch einmal")] },
    ],
  });

  it("gives each combination exactly the blocks that are its", async () => {
    const digest = await compileDigest(inputs({ issue }));
    expect(digest.audiences).toEqual([german, paying]);
    expect([...digest.variants.keys()].sort()).toEqual(["00", "01", "10", "11"]);
    for (const [key, { html, text: plain }] of digest.variants) {
      for (const source of [html.source, plain.source].map(({ chunks }) => chunks.join(""))) {
        expect(source).toContain("For everyone");
        expect(source.includes("Nur auf Deutsch") && source.includes("Noch einmal")).toBe(key[0] === "1");
        expect(source.includes("For customers")).toBe(key[1] === "1");
      }
    }
  });

  it("compiles only the combinations that are asked for", async () => {
    const digest = await compileDigest(inputs({ issue, variantKeys: ["10", "10"] }));
    expect([...digest.variants.keys()]).toEqual(["10"]);
  });

  it("gives every variant a boundary of its own that no part can contain", async () => {
    const digest = await compileDigest(inputs({ issue }));
    const boundaries = [...digest.variants.values()].map((variant) => variant.boundary);
    expect(new Set(boundaries).size).toBe(4);
  });

  it("refuses a key of another length, and more combinations than it may compile unasked", async () => {
    await expect(compileDigest(inputs({ issue, variantKeys: ["1"] }))).rejects.toThrow(InputError);
    const blocks = [1, 2, 3, 4, 5].map((value) => ({
      type: "text" as const,
      place,
      audience: { type: "comparison" as const, field: "level", operator: "=" as const, value },
      body: [paragraph(`Level ${value}`)],
    }));
    const many = createRichIssue({ blocks });
    await expect(compileDigest(inputs({ issue: many }))).rejects.toThrow(/32 combinations/);
    const digest = await compileDigest(inputs({ issue: many, variantKeys: ["00001"] }));
    expect([...digest.variants.keys()]).toEqual(["00001"]);
  });
});

function inputs(changes: Partial<CompileInputs> = {}): CompileInputs {
  const issue = changes.issue ?? createRichIssue();
  const pictures = resolveEveryPicture(issue);
  return { issue, template, sender: richSender, pictures, publicUrl: "https://news.example.com", ...changes };
}

function onlyVariant(variants: ReadonlyMap<string, DigestVariant>): DigestVariant {
  expect([...variants.keys()]).toEqual([""]);
  return variants.get("") as DigestVariant;
}
