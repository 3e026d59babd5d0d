import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkIssues } from "../../src/app/check-issues.ts";
import { readConfig } from "../../src/app/config.ts";
import { readMjmlExamples, type ForeignMjml } from "../support/foreign-mjml.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";

const examples = readMjmlExamples();

/** The MJML as it stands becomes a template's layout; what `check` says of an issue in it. */
async function check({ text }: ForeignMjml, name: string) {
  const folder = makeTemporaryFolder();
  const templatesRoot = join(folder, "templates");
  const config = readConfig({ DATA_DIR: join(folder, "data") });
  const own = join(templatesRoot, name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "layout.mjml.hbs"), text);
  writeFileSync(join(own, "text.hbs"), "{{title}}\n");
  const file = join(folder, `2026-11-${name}.yaml`);
  writeFileSync(
    file,
    `template: ${name}
lang: en
subject: Something to read
preheader: Enough words to say why somebody would want to read on this time.
title: Hello
date: 2026-11-20
blocks:
  - type: text
    text: Good day.
`,
  );
  return (await checkIssues([file], config, { templatesRoot })).findings;
}

describe("MJML that others wrote", () => {
  it("is there: twenty mails and more", () => {
    expect(examples.length).toBeGreaterThanOrEqual(20);
  });

  it.each(examples.map((example, index) => [example.name, example, index] as const))(
    "%s compiles and is checked as it stands",
    async (_, example, index) => {
      const findings = await check(example, `example${index}`);
      expect(findings.filter(({ rule }) => rule === "template" || rule === "schema")).toEqual([]);
      // It shows nothing of the issue, and is told so.
      expect(findings.map(({ rule }) => rule)).toContain("field-unused");
    },
  );

  it("with an import that only browsers can read is judged, and with a broken style is told so", async () => {
    const wrap = (style: string): ForeignMjml => ({
      name: "",
      text: `<mjml><mj-head><mj-style>${style}</mj-style></mj-head><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>`,
    });
    const imported = await check(wrap("@import url(https://fonts.example.com/css2?a=0,14;1,14);"), "imported");
    expect(imported.map(({ message }) => message)).not.toContainEqual(expect.stringContaining("can't be read"));
    const broken = await check(wrap("{ color: red }"), "broken");
    expect(broken).toContainEqual(
      expect.objectContaining({ rule: "client-support", message: expect.stringContaining("can't be read") }),
    );
  });
});
