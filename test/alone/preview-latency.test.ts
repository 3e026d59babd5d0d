/** How long a writer waits: for the first page, for a saved file to show, for `check`. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { requireProgram } from "../support/require-program.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";

const executable = requireProgram("chromium");
const program = join(import.meta.dirname, "../../bin/broadsheet.mjs");
const rounds = 20;

const issueText = (words: string): string => `template: digest
lang: en
subject: What is new
preheader: Enough words to say why somebody would want to read on this time.
title: What is new
date: 2026-11-20
blocks:
  - type: text
    text: Hello, ${words}
`;

/** `broadsheet preview` as a writer starts it, on an issue of its own; answers when the line with its address is there. */
async function startPreview() {
  const folder = makeTemporaryFolder();
  const issueFile = join(folder, "2026-11-20-new.yaml");
  cpSync("templates", join(folder, "templates"), { recursive: true });
  writeFileSync(issueFile, issueText("welcome."));
  const args = [program, "preview", issueFile, "--port", "0", "--templates", join(folder, "templates")];
  const environment = { DATA_DIR: join(folder, "data"), CATCHER_SMTP_PORT: "0", CATCHER_WEB_PORT: "0" };
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /^Preview +(http\S+)/.exec(line)?.[1];
    if (url !== undefined) return { url, issueFile };
  }
  throw new Error("the preview ended");
}

async function openBrowser(): Promise<Browser> {
  const browser = await launchChromium(executable as string);
  onTestFinished(() => browser.close());
  return browser;
}

it.skipIf(!executable)("shows its first page, with the mail in it, within 1.5 s of its address", async () => {
  const browser = await openBrowser();
  const page = await browser.newPage();
  const { url } = await startPreview();
  const startedMs = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.frameLocator("#stage iframe").getByText("Hello, welcome.").waitFor();
  const tookMs = Math.round(performance.now() - startedMs);
  console.log(`first page: ${tookMs} ms`);
  expect(tookMs).toBeLessThan(1_500);
});

it.skipIf(!executable)("shows a saved issue within 150 ms, by the median of twenty", async () => {
  const { url, issueFile } = await startPreview();
  const page = await (await openBrowser()).newPage();
  await page.goto(url);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.frameLocator("#stage iframe").getByText("Hello, welcome.").waitFor();
  const tookMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const words = `this is round ${round}.`;
    // Watched in the page, so that the driver's own time doesn't count.
    const seen = page.evaluate(
      (wanted) =>
        new Promise<number>((resolve) => {
          const look = (): void => {
            const frame = document.querySelector<HTMLIFrameElement>("#stage iframe:not(.incoming)");
            if (frame?.contentDocument?.body?.textContent?.includes(wanted)) resolve(Date.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
      words,
    );
    const savedAt = Date.now();
    writeFileSync(issueFile, issueText(words));
    tookMs.push((await seen) - savedAt);
  }
  const median = tookMs.toSorted((a, b) => a - b)[rounds / 2] as number;
  console.log(`saved to seen: median ${median} ms of ${tookMs.join(", ")}`);
  expect(median).toBeLessThanOrEqual(150);
});

it("check judges all of our issues within 2 s of its start", async () => {
  const files = readdirSync("issues")
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join("issues", name));
  const env = { ...process.env, DATA_DIR: join(makeTemporaryFolder(), "data") };
  const measure = async (...args: readonly string[]) => {
    const startedMs = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [program, "check", ...args], { env });
    return { stdout, tookMs: Math.round(performance.now() - startedMs) };
  };
  // Node, the loader and the command line, before any file is looked at.
  const start = await measure("--help");
  const { stdout, tookMs } = await measure(...files, "--format", "json");
  console.log(`check of ${files.length} issues: ${tookMs} ms, of which ${start.tookMs} ms for the start`);
  expect(JSON.parse(stdout)).toEqual([]);
  expect(tookMs - start.tookMs).toBeLessThan(2_000);
});
