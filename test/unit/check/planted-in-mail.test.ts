import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTemplate } from "../../../src/adapters/files/template-files.ts";
import { checkIssue } from "../../../src/check/check-issue.ts";
import { checkTheme, checkUnshown } from "../../../src/check/check-template.ts";
import type { RuleId } from "../../../src/check/rules.ts";
import { compileDigest } from "../../../src/digest/compile-digest.ts";
import type { Template, TemplateSource } from "../../../src/domain/template.ts";
import { parseIssue } from "../../../src/issue/parse-issue.ts";
import { InputError } from "../../../src/lib/errors.ts";
import { createSeededRandom, type Random } from "../../../src/lib/random.ts";
import { templateNames } from "../../support/compile-file.ts";
import { resolveEveryPicture, richSender } from "../../support/rich-issue.ts";
import { writeIssue } from "../../support/sound-issue.ts";

/** Found again from this number, should one of them fail. */
const seeds = Array.from({ length: 3 }, (_, index) => index + 1);

let digest: Template;
beforeAll(async () => {
  digest = await loadTemplate("templates/digest");
});

describe("defects that only the compiled mail shows", () => {
  it("a sound issue has none", async () => {
    for (const seed of seeds) {
      const text = writeIssue(createSeededRandom(seed));
      expect((await look(text, digest)).findings, `seed ${seed}`).toEqual([]);
      expect(checkUnshown(inputsOf(text, digest), text), `seed ${seed}`).toEqual([]);
    }
  });

  it.each([
    ["size-near-clip", 92_161],
    ["size-near-clip", 102_000],
    ["size-clip", 102_401],
  ] as const)("%s: a mail of %i bytes and more", async (rule, bytesWanted) => {
    for (const seed of seeds) {
      const random = createSeededRandom(seed);
      const text = writeIssue(random);
      const { bytes } = await look(text, digest);
      // In the middle of any text; a letter of it is a byte of HTML.
      const planted = plantLine(text, /Bring the children\./, random, (line) =>
        line.replace("Bring", `${"a".repeat(bytesWanted - bytes)}Bring`),
      );
      const { findings } = await look(planted.text, digest);
      expect(findings, `seed ${seed}`).toEqual([{ rule, file: "2026-12-harbour.yaml", line: 1 }]);
    }
  });

  it.each([
    ["text-action", /{{href}}/, "https://harbour.example.net/ship"],
    ["text-links", /{{href}}/, "https://tides.example.net/map"],
  ])("text-part: a link that %s leaves out, at its first line", async (partial, find, href) => {
    const source = digest.partials.get(partial) as TemplateSource;
    expect(source.text).toMatch(find);
    const template = withPartial(digest, partial, source.text.replace(find, ""));
    for (const seed of seeds) {
      const text = writeIssue(createSeededRandom(seed));
      const line = text.split("\n").findIndex((found) => found.includes(href)) + 1;
      const { findings } = await look(text, template);
      expect(findings, `seed ${seed}`).toEqual([{ rule: "text-part", file: "2026-12-harbour.yaml", line }]);
    }
  });

  it.each([
    ["an unknown name", "{{nothing.of.the.kind}}"],
    ["an unknown partial", "{{> nothing-of-the-kind}}"],
    ["what Handlebars can't read", "{{#if title}}{{/unless}}"],
    ["an unknown tag", "<mj-nothing />"],
  ])("template: %s in any file of it, at its line", async (_, plant) => {
    const files = ["block-article", "block-events", "block-links", "masthead", "footer"];
    for (const seed of seeds) {
      const random = createSeededRandom(seed);
      const name = files[Math.floor(random.next() * files.length)] as string;
      const source = digest.partials.get(name) as TemplateSource;
      const planted = plantLine(source.text, /<\/mj-section>/, random, (line) => `${line}\n${plant}`);
      const { findings } = await look(writeIssue(random), withPartial(digest, name, planted.text));
      const expected = { rule: "template", file: source.file, line: planted.line + 1 };
      expect(findings, `seed ${seed} ${plant}`).toContainEqual(expected);
    }
  });
});

describe("what is written and never shown", () => {
  it.each([
    ["groups.place", ["block-events", "text-events"], /{{place}}|{{wrap place first="## " }}/, "place: The quay"],
    ["action.text", ["action", "text-action"], /{{(?:wrap )?text[^}]*}}/, "text: See the ship"],
    ["items.title", ["block-links", "text-links"], /{{title}}|{{wrap title[^}]*}}/, "title: A map of the tides"],
  ])("field-unused: %s, where the template leaves it out", async (_, partials, find, written) => {
    let template = digest;
    for (const name of partials) {
      const source = digest.partials.get(name) as TemplateSource;
      expect(source.text).toMatch(find);
      template = withPartial(template, name, source.text.replaceAll(new RegExp(find, "g"), ""));
    }
    for (const seed of seeds) {
      const text = writeIssue(createSeededRandom(seed));
      const lines = text.split("\n").flatMap((line, index) => (line.includes(written) ? [index + 1] : []));
      const found = checkUnshown(inputsOf(text, template), text).map(({ rule, place }) => ({ rule, line: place.line }));
      for (const line of lines) expect(found, `seed ${seed}`).toContainEqual({ rule: "field-unused", line });
    }
  });

  it("theme-unused: a misspelt value of a template's theme, at its line", async () => {
    const template = await loadTemplate("templates/letter");
    const settings = { file: "letter/template.yaml", text: readFileSync("templates/letter/template.yaml", "utf8") };
    for (const seed of Array.from({ length: 25 }, (_, index) => index + 1)) {
      // A partial hands on the whole of `space`, so nothing in it is known to be unused.
      const planted = plantLine(
        settings.text.slice(0, settings.text.indexOf("  space:")),
        /^ {4}\w+:/,
        createSeededRandom(seed),
        (line) => line.replace(/(\w+):/, "$1x:"),
      );
      const found = checkTheme(template, { ...settings, text: planted.text });
      expect(found, `seed ${seed}`).toMatchObject([
        { rule: "theme-unused", place: { file: "templates/letter/template.yaml", line: planted.line } },
      ]);
    }
  });

  it.each(templateNames)("the built-in %s uses every value of its theme, and of the shared one", async (name) => {
    const template = await loadTemplate(`templates/${name}`);
    const own = readFileSync(`templates/${name}/template.yaml`, "utf8");
    const shared = `theme:\n${readFileSync("templates/shared/theme.yaml", "utf8").replace(/^/gm, "  ")}`;
    for (const text of [own, shared]) expect(checkTheme(template, { file: "x.yaml", text })).toEqual([]);
  });
});

/** Changes one of the lines that match, chosen by chance. */
function plantLine(text: string, find: RegExp, random: Random, plant: (line: string) => string) {
  const lines = text.split("\n");
  const candidates = lines.flatMap((line, index) => (find.test(line) ? [index] : []));
  const chosen = candidates[Math.floor(random.next() * candidates.length)] as number;
  return {
    text: lines.map((line, index) => (index === chosen ? plant(line) : line)).join("\n"),
    line: chosen + 1,
  };
}

function withPartial(template: Template, name: string, text: string): Template {
  const source = template.partials.get(name) as TemplateSource;
  return { ...template, partials: new Map([...template.partials, [name, { ...source, text }]]) };
}

function inputsOf(text: string, template: Template) {
  const issue = parseIssue(Buffer.from(text), "2026-12-harbour.yaml");
  const pictures = resolveEveryPicture(issue);
  return { issue, template, sender: richSender, pictures, publicUrl: "https://news.example.com" };
}

interface Found {
  readonly rule: RuleId;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

async function look(text: string, template: Template): Promise<{ findings: readonly Found[]; bytes: number }> {
  const inputs = inputsOf(text, template);
  try {
    const compiled = await compileDigest(inputs);
    const { chunks, slots } = compiled.variants.get("")?.html.source ?? { chunks: [], slots: [] };
    const findings = checkIssue(inputs.issue, inputs.pictures, compiled, { text, template });
    return {
      findings: findings.map(({ rule, place }) => ({ rule, file: place.file, line: place.line })),
      // What a slot may take is docs/checks.md's: 120 bytes.
      bytes: Buffer.byteLength(chunks.join("")) + slots.length * 120,
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const findings = error.problems.map(({ place }): Found => ({
      rule: "template",
      file: place?.file,
      line: place?.line,
    }));
    return { findings, bytes: 0 };
  }
}
