import { chromium } from "playwright-core";
import { messageOf, UnavailableError } from "../../lib/errors.ts";
import { browserArguments } from "./browser-arguments.ts";

export interface AxeFinding {
  /** axe's own name of the rule, such as "color-contrast". */
  readonly rule: string;
  readonly help: string;
  readonly scheme: "light" | "dark";
  /** How the element begins, as HTML, and as its reader sees it. */
  readonly html: string;
  readonly words: string;
}

export interface AxeJudge {
  /** What axe finds in a mail, every rule on, in light and in dark; what is wrong in both is told once. */
  judge(html: string): Promise<readonly AxeFinding[]>;
  stop(): Promise<void>;
}

const launchMsMax = 30_000;
const judgeMsMax = 30_000;
const charactersMax = 160;
/** Nothing in the mail runs, and nothing is loaded. axe comes in by the debugger. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`;

/** @throws UnavailableError `chromium-failed` where it can't be started */
export async function startAxeJudge(executablePath: string): Promise<AxeJudge> {
  const { default: axe } = await import("axe-core");
  const browser = await chromium
    .launch({ executablePath, args: [...browserArguments], timeout: launchMsMax })
    .catch((error: unknown) => {
      const said = messageOf(error).split("\n")[0];
      throw new UnavailableError("chromium-failed", `${executablePath} does not start: ${said}`, { cause: error });
    });
  const context = await browser.newContext({ offline: true, viewport: { width: 680, height: 900 } });
  context.setDefaultTimeout(judgeMsMax);
  return {
    async judge(html) {
      const page = await context.newPage();
      try {
        await page.setContent(
          html.replace(/<head>|<head\s[^>]*>/i, (head) => head + policy),
          { waitUntil: "load" },
        );
        await page.evaluate(axe.source);
        const found = new Map<string, AxeFinding>();
        for (const scheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme: scheme });
          for (const finding of await page.evaluate(runAxe, charactersMax)) {
            const key = `${finding.rule} ${finding.target}`;
            const { target: _target, ...said } = finding;
            if (!found.has(key)) found.set(key, { ...said, scheme });
          }
        }
        return [...found.values()];
      } finally {
        await page.close();
      }
    },
    stop: () => browser.close(),
  };
}

/** Runs in the page. */
async function runAxe(textMax: number) {
  const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, target }) => ({
      rule: id,
      help,
      html: html.slice(0, textMax),
      target: target.join(" "),
      words: (document.querySelector(target.at(-1) ?? "html")?.textContent ?? "").trim().slice(0, textMax),
    })),
  );
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly target: readonly string[] }[];
}
