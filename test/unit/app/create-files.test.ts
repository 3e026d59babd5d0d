import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createIssue, createTemplate } from "../../../src/app/create-files.ts";
import { compileIssue } from "../../../src/app/compile-issue.ts";
import { sampleSender } from "../../../src/app/render-issue.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

function setUp() {
  const folder = makeTemporaryFolder();
  const [issues, templates] = [join(folder, "issues"), join(folder, "templates")];
  cpSync("templates", templates, { recursive: true });
  return { folder, issues, templates };
}

describe("a new issue", () => {
  it.each(["digest", "letter", "links"])("compiles as it stands with %s", async (template) => {
    const { folder, issues, templates } = setUp();
    const file = await createIssue({ issues, templates }, { slug: "2026-12-news", template, today: "2026-12-01" });
    const sources = { publicUrl: "http://localhost:8080", dataDir: join(folder, "data"), templatesRoot: templates };
    const { issue } = await compileIssue(file, sampleSender, sources);
    expect(issue).toMatchObject({ slug: "2026-12-news", template, date: "2026-12-01" });
  });
  it("never writes over one that is there, nor outside of the folder", async () => {
    const { issues, templates } = setUp();
    const options = { slug: "a", template: "digest", today: "2026-12-01" };
    await createIssue({ issues, templates }, options);
    await expect(createIssue({ issues, templates }, options)).rejects.toThrow("already");
    await expect(createIssue({ issues, templates }, { ...options, slug: "../a" })).rejects.toThrow(
      "can't be an issue's name",
    );
    await expect(createIssue({ issues, templates }, { ...options, slug: "b", template: "nix" })).rejects.toThrow(
      "digest",
    );
  });
});

describe("a new template", () => {
  it("is a working copy whose sample names it", async () => {
    const { folder, templates } = setUp();
    const made = await createTemplate(templates, "our-letter", "letter");
    expect(readFileSync(join(made, "sample.yaml"), "utf8")).toContain("template: our-letter");
    const sources = { publicUrl: "http://localhost:8080", dataDir: join(folder, "data"), templatesRoot: templates };
    const { digest } = await compileIssue(join(made, "sample.yaml"), sampleSender, sources);
    expect(digest.id).toMatch(/^[0-9a-f]{64}$/);
  });
  it("refuses taken and impossible names", async () => {
    const { templates } = setUp();
    await expect(createTemplate(templates, "letter", "digest")).rejects.toThrow("already");
    await expect(createTemplate(templates, "../x", "digest")).rejects.toThrow("small letters");
    await expect(createTemplate(templates, "mine", "nix")).rejects.toThrow("there are: digest, letter, links");
  });
});
