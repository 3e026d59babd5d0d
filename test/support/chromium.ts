/** The system's Chromium for tests of pages, with nothing of its own on the network. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

/** `executablePath` from `requireProgram("chromium")`. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  return chromium.launch({ executablePath, args });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What axe finds, as lines; frames of sandboxed mails apart, which are not ours to judge.
 * @param rules only these; every one without them
 */
export async function runAxe(page: Page, rules: readonly string[] | null = null): Promise<string[]> {
  // By the debugger, since the page's policy lets no such script in. Half a megabyte: once for each document.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const violations = await page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as { axe: { run(context: unknown, options: unknown): Promise<AxeResults> } };
    const options = { iframes: false, resultTypes: ["violations"], ...(runOnly ? { runOnly } : {}) };
    return (await axe.run(document, options)).violations;
  }, rules);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)}`));
}

/** One way to look at a page: a reader's scheme and the width of the window. */
export interface Look {
  readonly colorScheme: "light" | "dark";
  readonly width: number;
  /** Another look has judged all else at this width, and the page only changes its colours. */
  readonly coloursOnly?: true;
}

export const lookHeight = 844;

/** The rules of axe that colours can break. */
const colourRules = ["color-contrast", "link-in-text-block"];

/**
 * What axe finds and how far something sticks out at the side, as lines, in each of the looks. The page that is there is
 * looked at again, since a new page for each look costs three times as much as all that axe does; in the end it is as before.
 */
export async function judgeLooks(
  page: Page,
  looks: readonly Look[],
  photograph?: (look: Look) => Promise<unknown>,
): Promise<string[]> {
  const found: string[] = [];
  const size = page.viewportSize();
  for (const look of looks) {
    const { colorScheme, width, coloursOnly } = look;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: lookHeight });
    const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const lines = await runAxe(page, coloursOnly ? colourRules : null);
    if (overhang > 0) lines.push(`${overhang} px stick out`);
    found.push(...lines.map((line) => `${colorScheme} ${width}: ${line}`));
    await photograph?.(look);
  }
  await page.emulateMedia({ colorScheme: null });
  if (size) await page.setViewportSize(size);
  return found;
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
