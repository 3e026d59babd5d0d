import { writeFile } from "node:fs/promises";
import { chromium, type Browser } from "playwright-core";
import { UnavailableError, messageOf } from "../../lib/errors.ts";
import { browserArguments } from "./browser-arguments.ts";

export interface Shot {
  readonly html: string;
  readonly widthPixels: number;
  readonly file: string;
}

const launchMsMax = 30_000;
const pageMsMax = 30_000;
/** Chromium's pictures end near 16,384 pixels. */
const heightPixelsMax = 16_000;

/**
 * Photographs documents as a browser shows them, from top to end, one after the other. No script runs in them and no request
 * leaves the machine: what isn't written into a document is missing.
 * @throws UnavailableError `chromium-failed`
 */
export async function takeShots(executablePath: string, shots: readonly Shot[]): Promise<void> {
  const browser = await launch(executablePath);
  try {
    const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
    for (const shot of shots) {
      const page = await context.newPage();
      await page.setViewportSize({ width: shot.widthPixels, height: 900 });
      await page.setContent(shot.html, { waitUntil: "load", timeout: pageMsMax });
      const bytes = await page.screenshot({
        fullPage: true,
        animations: "disabled",
        timeout: pageMsMax,
        ...clipOf(shot),
      });
      await writeFile(shot.file, bytes);
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

function clipOf({ html, widthPixels }: Shot): { clip?: { x: number; y: number; width: number; height: number } } {
  // Only a mail of megabytes could be that long.
  if (html.length < 4_000_000) return {};
  return { clip: { x: 0, y: 0, width: widthPixels, height: heightPixelsMax } };
}

async function launch(executablePath: string): Promise<Browser> {
  try {
    return await chromium.launch({ executablePath, args: [...browserArguments], timeout: launchMsMax });
  } catch (error) {
    throw new UnavailableError(
      "chromium-failed",
      `${executablePath} does not start: ${messageOf(error).split("\n")[0]}`,
      {
        cause: error,
      },
    );
  }
}
