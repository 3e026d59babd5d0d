import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listTemplates, loadTemplate } from "../../../../src/adapters/files/template-files.ts";
import { InputError } from "../../../../src/lib/errors.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "broadsheet-templates-"));
  await write({
    "plain/layout.mjml.hbs": "<mjml></mjml>",
    "plain/text.hbs": "{{title}}",
    "shared/footer.mjml.hbs": "shared footer",
    "shared/theme.yaml": "light:\n  ink: '#000000'\n  card: '#ffffff'\nsize:\n  text: 16\n",
  });
});

afterEach(() => rm(root, { recursive: true, force: true }));

describe("a template's folder", () => {
  it("is read with the partials beside it, named by their files", async () => {
    const template = await loadTemplate(join(root, "plain"));
    expect(template.layout).toEqual({ file: "plain/layout.mjml.hbs", text: "<mjml></mjml>" });
    expect(template.partials.get("footer")).toEqual({ file: "shared/footer.mjml.hbs", text: "shared footer" });
    expect(template.theme).toEqual({ light: { ink: "#000000", card: "#ffffff" }, size: { text: 16 } });
  });

  it("may lay its own partials and colours over the shared ones", async () => {
    await write({
      "plain/footer.mjml.hbs": "own footer\r\n",
      "plain/template.yaml": "description: A plain one.\ntheme:\n  light: { ink: '#111111' }\n",
    });
    const template = await loadTemplate(join(root, "plain"));
    expect(template.partials.get("footer")).toEqual({ file: "plain/footer.mjml.hbs", text: "own footer\n" });
    expect(template.description).toBe("A plain one.");
    expect(template.theme["light"]).toEqual({ ink: "#111111", card: "#ffffff" });
  });

  it("that isn't there is an error that names the ones there are", async () => {
    await write({ "other/layout.mjml.hbs": "", "other/text.hbs": "", "notes/readme.md": "" });
    await expect(loadTemplate(join(root, "plian"))).rejects.toThrow(/no template "plian"; there are: other, plain/);
    await expect(loadTemplate(join(root, "shared"))).rejects.toThrow(InputError);
    expect(await listTemplates(root)).toEqual(["other", "plain"]);
  });

  it("with settings that can't be read is an error with its place", async () => {
    await write({ "plain/template.yaml": "theme:\n  light: [1, 2\n" });
    await expect(loadTemplate(join(root, "plain"))).rejects.toThrow(/^plain\/template\.yaml:\d+:\d+: /);
    await write({ "plain/template.yaml": "theme:\n  light: [1, 2]\n" });
    await expect(loadTemplate(join(root, "plain"))).rejects.toThrow(
      /^plain\/template\.yaml: must hold names with values/,
    );
  });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}
