import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { templateNames } from "../support/compile-file.ts";
import { compareBands, goldenFolder, goldenWidth, photographTemplate } from "../support/golden-pictures.ts";
import { requireProgram } from "../support/require-program.ts";

const executable = requireProgram("chromium");
/** `npm run golden` writes the pictures anew, to be looked at before they are kept. */
const isWriting = process.env["BROADSHEET_GOLDEN"] === "write";

/** Letters smoothed by another Chromium change less of a band; a title of another size, or what moved, changes more. */
const shareMax = 0.04;

describe.skipIf(!executable)("the built-in templates look as they did", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executable as string);
  });
  afterAll(() => browser?.close());

  const cases = templateNames.flatMap((template) =>
    (["light", "dark"] as const).map((scheme) => ({
      template,
      scheme,
      name: `${template}-${goldenWidth}-${scheme}.png`,
    })),
  );

  it.each(cases)("$name", async ({ template, scheme, name }) => {
    const picture = await photographTemplate(browser, template, scheme);
    const file = join(goldenFolder, name);
    if (isWriting) writeFileSync(file, picture);
    expect(existsSync(file), `${file} is missing: npm run golden`).toBe(true);
    const share = await compareBands(readFileSync(file), picture);
    const seen = join(tmpdir(), "broadsheet-golden", name);
    if (share > shareMax) {
      mkdirSync(dirname(seen), { recursive: true });
      writeFileSync(seen, picture);
    }
    expect(share, `${seen} is how it looks now; if that is right: npm run golden`).toBeLessThanOrEqual(shareMax);
  });

  it.each([
    ["another colour of the ground", (html: string) => html.replaceAll("#f4f2ee", "#c9d8ee")],
    [
      "a smaller title",
      (html: string) => html.replace("</head>", "<style>.h1.h1{font-size:20px!important}</style></head>"),
    ],
  ])("%s would be seen", async (_, change) => {
    const kept = readFileSync(join(goldenFolder, `digest-${goldenWidth}-light.png`));
    const changed = await photographTemplate(browser, "digest", "light", change);
    expect(await compareBands(kept, changed)).toBeGreaterThan(shareMax);
  });
});
