import { readdirSync } from "node:fs";
import axe from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Issue } from "../../src/domain/issue.ts";
import { compileIssueHere, fillForReader, readIssueFile, templateNames } from "../support/compile-file.ts";
import { requireProgram } from "../support/require-program.ts";
import { createEvent, createRichIssue, paragraph, text } from "../support/rich-issue.ts";

const chromiumPath = requireProgram("chromium");

/** A grey pixel: what a mail's pictures are answered with. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mOor6//DwAFgAKAoA7xFAAAAABJRU5ErkJggg==",
  "base64",
);

const hostile =
  '<img src=x onerror="window.ran=1"><script>window.ran=1</script>{{evil}} </title></style>--><![endif]-->';

const issues: [string, Issue][] = [
  ...templateNames.map((name): [string, Issue] => [
    `the sample of ${name}`,
    readIssueFile(`templates/${name}/sample.yaml`),
  ]),
  ...readdirSync("issues")
    .filter((name) => /\.(yaml|json|md)$/.test(name))
    .map((name): [string, Issue] => [name, readIssueFile(`issues/${name}`)]),
  ...templateNames.map((template): [string, Issue] => [`every block in ${template}`, createRichIssue({ template })]),
  ["Arabic", createArabicIssue()],
  ["Japanese", createRichIssue({ lang: "ja", title: text("五月の新着") })],
];

describe.skipIf(!chromiumPath)("in a browser", () => {
  let browser: Browser;

  beforeAll(async () => {
    const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
    browser = await chromium.launch({ executablePath: chromiumPath as string, args });
  });
  afterAll(() => browser?.close());

  describe.each(issues)("the mail of %s", (_, issue) => {
    let page: Page;

    beforeAll(async () => {
      const { html } = await compileIssueHere(issue);
      page = await open(fillForReader(html.source), { colorScheme: "light", width: 680 });
      await page.evaluate(axe.source);
    });
    afterAll(() => page?.context().close());

    it.each(["light", "dark"] as const)("has no finding of axe in the %s", async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      const violations = await page.evaluate(async () => {
        const { axe: injected } = window as unknown as {
          axe: { run(options: object): Promise<{ violations: AxeFinding[] }> };
        };
        const found = await injected.run({ resultTypes: ["violations"] });
        return found.violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.html.slice(0, 160)) }));
      });
      expect(violations).toEqual([]);
    });

    it("fits into the width of a phone and of a window", async () => {
      for (const width of [320, 375, 680]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    });
  });

  it("reads as a letter without pictures", async () => {
    const { html } = await compileIssueHere(createRichIssue());
    const page = await open(fillForReader(html.source), { colorScheme: "light", width: 680, pictures: false });
    const pictures = await page.evaluate(() =>
      [...document.images].map((image) => ({ alt: image.alt, height: image.getBoundingClientRect().height })),
    );
    expect(pictures.map(({ alt }) => alt)).toEqual([
      "One control plane above three workload planes",
      "Llama 3 needs fewer tokens than Mistral.",
      "The team on the quay",
    ]);
    // A line of text high: the description is shown where the picture would be.
    for (const { height } of pictures) expect(height).toBeGreaterThanOrEqual(20);
    await page.context().close();
  });

  it("runs nothing and hides nothing that a title says", async () => {
    const place = { file: "x.yaml" };
    const groups = [{ place: hostile, events: [createEvent(0, { title: text(hostile), location: hostile })] }];
    const issue = createRichIssue({
      subject: text(hostile),
      preheader: text(hostile),
      title: text(hostile),
      blocks: [
        { type: "text", place, title: text(hostile), body: [paragraph(hostile)] },
        { type: "events", place, intro: [], groups },
      ],
    });
    const { html } = await compileIssueHere(issue);
    const page = await open(fillForReader(html.source), { colorScheme: "light", width: 680 });
    const seen = await page.evaluate(() => ({
      title: document.querySelector("h1")?.textContent,
      ran: "ran" in window,
      scripts: document.scripts.length,
      paragraphs: [...document.querySelectorAll("p")].map((item) => item.textContent),
    }));
    expect(seen).toMatchObject({ title: hostile, ran: false, scripts: 0 });
    expect(seen.paragraphs).toContain(hostile);
    await page.context().close();
  });

  it("shows no preheader, and turns dark where the reader's screen is", async () => {
    const { html } = await compileIssueHere(createRichIssue());
    const filled = fillForReader(html.source);
    const grounds = new Map<string, string>();
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open(filled, { colorScheme, width: 680 });
      const { shown, ground, ink } = await page.evaluate(() => ({
        shown: document.body.innerText,
        ground: getComputedStyle(document.querySelector(".card") as Element).backgroundColor,
        ink: getComputedStyle(document.querySelector("h1") as Element).color,
      }));
      expect(shown).not.toContain("what a tokenizer costs");
      expect(ground).not.toBe(ink);
      grounds.set(colorScheme, ground);
      await page.context().close();
    }
    expect(grounds.get("light")).toBe("rgb(255, 255, 255)");
    expect(grounds.get("dark")).toBe("rgb(30, 29, 27)");
  });

  it("runs from right to left in Arabic, dates at the right and links to the left", async () => {
    const { html } = await compileIssueHere(createArabicIssue());
    const page = await open(fillForReader(html.source), { colorScheme: "light", width: 680 });
    const places = await page.evaluate(() => {
      const left = (selector: string) => (document.querySelector(selector) as Element).getBoundingClientRect().left;
      return {
        day: left(".day"),
        action: left(".action"),
        align: getComputedStyle(document.querySelector("h1") as Element).textAlign,
      };
    });
    expect(places.day).toBeGreaterThan(places.action);
    expect(places.align).toBe("right");
    await page.context().close();
  });

  interface OpenOptions {
    readonly colorScheme: "light" | "dark";
    readonly width: number;
    readonly pictures?: boolean;
  }

  async function open(html: string, { colorScheme, width, pictures = true }: OpenOptions): Promise<Page> {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    // Nothing leaves this machine: a picture is a pixel, everything else is refused.
    await page.route("**/*", (route) =>
      pictures && route.request().resourceType() === "image"
        ? route.fulfill({ body: pixel, contentType: "image/png" })
        : route.abort(),
    );
    await page.setContent(html, { waitUntil: "load" });
    return page;
  }
});

interface AxeFinding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

function createArabicIssue(): Issue {
  const title = text("جديد شهر مايو");
  return createRichIssue({ lang: "ar", direction: "rtl", title });
}
