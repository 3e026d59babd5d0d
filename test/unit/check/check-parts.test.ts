import { describe, expect, it } from "vitest";
import { loadTemplate } from "../../../src/adapters/files/template-files.ts";
import { createAudienceCheck } from "../../../src/check/check-audience.ts";
import { checkClients } from "../../../src/check/check-clients.ts";
import { checkContrast } from "../../../src/check/check-contrast.ts";
import { checkMessage } from "../../../src/check/check-message.ts";
import { compileDigest } from "../../../src/digest/compile-digest.ts";
import { parseIssue } from "../../../src/issue/parse-issue.ts";
import { createRichIssue, resolveEveryPicture, richSender } from "../../support/rich-issue.ts";

const place = { file: "issues/x.yaml", line: 1, column: 1 };

async function compile(template: string, text?: string) {
  const issue = text === undefined ? createRichIssue({ template }) : parseIssue(Buffer.from(text), "2026-x.yaml");
  const source = await loadTemplate(`templates/${template}`);
  const pictures = resolveEveryPicture(issue);
  const publicUrl = "https://news.example.com";
  const digest = await compileDigest({ issue, template: source, sender: richSender, pictures, publicUrl });
  return { issue, source, digest };
}

describe("the finished message", () => {
  const head = [
    "From: a@example.com",
    "To: b@example.com",
    "Subject: x",
    "Date: Wed, 25 Nov 2026 10:00:00 +0000",
    "Message-ID: <1@example.com>",
    "MIME-Version: 1.0",
    "Content-Type: text/plain",
    "List-Id: <news.example.com>",
    "List-Unsubscribe: <mailto:leave@example.com>",
  ];
  const write = (fields: readonly string[], body = "Hello"): Buffer =>
    Buffer.from(`${fields.join("\r\n")}\r\n\r\n${body}\r\n`);

  it("is right with every field once and short lines", () => {
    expect(checkMessage(write(head, "x".repeat(998)), place)).toEqual([]);
  });
  it("is wrong with a line of 999 octets, wherever it stands", () => {
    const [finding] = checkMessage(write(head, `Hello\r\n${"x".repeat(999)}`), place);
    expect(finding).toMatchObject({ rule: "line-length", message: expect.stringContaining("Line 12 ") });
  });
  it.each(head)("lacks or repeats %s", (field) => {
    const rule = "message-headers";
    expect(checkMessage(write(head.filter((other) => other !== field)), place)).toMatchObject([{ rule }]);
    expect(checkMessage(write([...head, field]), place)).toMatchObject([{ rule }]);
  });
});

describe("templates", () => {
  it.each(["digest", "letter", "links"])("%s has contrast and uses nothing that clients drop", async (name) => {
    const { source, digest } = await compile(name);
    expect(checkContrast(source)).toEqual([]);
    expect(await checkClients(digest, source)).toEqual([]);
  });

  it("that put grey on grey are told so, in the dark as well", async () => {
    const template = await loadTemplate("templates/letter");
    const dark = { ...(template.theme["dark"] as object), mute: "#333333" };
    const findings = checkContrast({ ...template, theme: { ...template.theme, dark } });
    expect(findings.map(({ rule }) => rule)).toEqual(["contrast", "contrast"]);
    expect(findings[0]?.message).toContain("In the dark, mute #333333 on card");
  });

  it("that use what Outlook and Gmail drop are told so at the line", async () => {
    const { source, issue } = await compile("letter");
    const layout = source.layout.text.replace(
      "</mj-body>",
      '<mj-section><mj-column><mj-text>\n<p style="mix-blend-mode: multiply">x</p></mj-text></mj-column></mj-section></mj-body>',
    );
    const changed = { ...source, layout: { ...source.layout, text: layout } };
    const pictures = resolveEveryPicture(issue);
    const publicUrl = "https://news.example.com";
    const digest = await compileDigest({ issue, template: changed, sender: richSender, pictures, publicUrl });
    const findings = await checkClients(digest, changed);
    const line = layout.split("\n").findIndex((text) => text.includes("mix-blend-mode")) + 1;
    expect(findings).toMatchObject([
      { rule: "client-support", place: { file: "templates/letter/layout.mjml.hbs", line } },
    ]);
  });
});

describe("the pre-flight over a list", () => {
  const text = (blocks: string): string => `template: letter
subject: "{{subscriber.firstName}}, hello"
preheader: Enough words to say why somebody would want to read on this time.
title: Hello
date: 2026-11-20
blocks:
${blocks}`;
  const person = { lang: "en", zone: null, attributes: { firstName: "Ada" }, variant: "" };

  it("counts those without a value and names the first", async () => {
    const { issue, digest } = await compile("letter", text("  - type: text\n    text: Hello."));
    const check = createAudienceCheck(issue, digest);
    for (let index = 0; index < 8; index += 1)
      check.add({
        ...person,
        address: `p${index}@example.com`,
        attributes: index < 7 ? { firstName: " " } : { firstName: "Bo" },
      });
    expect(check.findings()).toMatchObject([
      {
        rule: "audience-missing",
        message:
          "7 of 8 recipients have no firstName: p0@example.com, p1@example.com, p2@example.com, p3@example.com, p4@example.com and 2 more.",
      },
    ]);
  });

  it("finds addresses that can't be written to, empty mails and mails that Gmail cuts", async () => {
    const { issue, digest } = await compile(
      "letter",
      text(`  - type: text\n    audience: plan = "pro"\n    text: Hello {{subscriber.bio|you}}.`),
    );
    const check = createAudienceCheck(issue, digest);
    check.add({ ...person, address: "nobody at all", variant: "1" });
    check.add({ ...person, address: "ada@example.com", variant: "0" });
    check.add({
      ...person,
      address: "bo@example.com",
      variant: "1",
      attributes: { firstName: "Bo", bio: "x".repeat(102_400) },
    });
    expect(
      check
        .findings()
        .map(({ rule }) => rule)
        .toSorted(),
    ).toEqual(["audience-address", "audience-empty", "audience-size"]);
  });

  it("looks at 20,000 recipients a second and more", async () => {
    const { issue, digest } = await compile("letter", text("  - type: text\n    text: Hello."));
    const check = createAudienceCheck(issue, digest);
    const before = process.cpuUsage().user;
    for (let index = 0; index < 100_000; index += 1) check.add({ ...person, address: `p${index}@example.com` });
    const perSecond = 100_000 / ((process.cpuUsage().user - before) / 1e6);
    console.log(`${Math.round(perSecond)} recipients/s of one core`);
    expect(check.count()).toBe(100_000);
    expect(perSecond).toBeGreaterThan(20_000);
  });
});
