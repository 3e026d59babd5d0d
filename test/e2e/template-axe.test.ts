import { readdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Issue } from "../../src/domain/issue.ts";
import { compileIssueHere, fillForReader, readIssueFile, templateNames } from "../support/compile-file.ts";
import { judgeLooks, launchChromium, type Look, lookHeight } from "../support/chromium.ts";
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

/** In the dark the templates change colours alone (shared/style-dark.css.hbs). */
const looks: readonly Look[] = [
  { colorScheme: "light", width: 680 },
  { colorScheme: "dark", width: 680, coloursOnly: true },
];

describe.skipIf(!chromiumPath)("in a browser", () => {
  let browser: Browser;

  let desk: Page;

  beforeAll(async () => {
    browser = await launchChromium(chromiumPath as string);
    desk = await openPage({ colorScheme: "light", width: 680 });
  });
  afterAll(() => browser?.close());

  it.each(issues)("the mail of %s has no finding of axe and fits, in the light and in the dark", async (_, issue) => {
    const { html } = await compileIssueHere(issue);
    await desk.setContent(fillForReader(html.source), { waitUntil: "load" });
    expect(await judgeLooks(desk, looks)).toEqual([]);
    for (const width of [320, 375]) {
      await desk.setViewportSize({ width, height: lookHeight });
      expect(await desk.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
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

  async function open(html: string, options: OpenOptions): Promise<Page> {
    const page = await openPage(options);
    await page.setContent(html, { waitUntil: "load" });
    return page;
  }

  async function openPage({ colorScheme, width, pictures = true }: OpenOptions): Promise<Page> {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: lookHeight } });
    const page = await context.newPage();
    // Nothing leaves this machine: a picture is a pixel, everything else is refused.
    await page.route("**/*", (route) =>
      pictures && route.request().resourceType() === "image"
        ? route.fulfill({ body: pixel, contentType: "image/png" })
        : route.abort(),
    );
    return page;
  }
});

function createArabicIssue(): Issue {
  const title = text("جديد شهر مايو");
  return createRichIssue({ lang: "ar", direction: "rtl", title });
}
