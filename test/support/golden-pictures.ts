/**
 * Pictures of the built-in templates to compare with those that were kept. Every machine has other fonts, so the mails are set
 * in the Inter that comes with this project; what is compared is the layout, the colours and the pictures' places.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import type { Browser } from "playwright-core";
import { compileIssueHere, fillForReader, readIssueFile } from "./compile-file.ts";

export const goldenFolder = join(import.meta.dirname, "../golden/pictures");
export const goldenWidth = 375;
/** Half the size is enough to see what moved, and keeps the pictures small. */
const scale = 0.5;

const fontFile = "../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";
const font = readFileSync(join(import.meta.dirname, fontFile)).toString("base64");
const ownFont = `<style>@font-face{font-family:Golden;src:url(data:font/woff2;base64,${font}) format("woff2");font-weight:100 900}*{font-family:Golden!important}</style>`;

/** Stands for every picture of a mail. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mOor6//DwAFgAKAoA7xFAAAAABJRU5ErkJggg==",
  "base64",
);

/** @param change of the HTML, for a test of the comparison itself */
export async function photographTemplate(
  browser: Browser,
  template: string,
  colorScheme: "light" | "dark",
  change: (html: string) => string = (html) => html,
): Promise<Buffer> {
  const { html } = await compileIssueHere(readIssueFile(`templates/${template}/sample.yaml`));
  const viewport = { width: goldenWidth, height: 800 };
  const context = await browser.newContext({ colorScheme, viewport, deviceScaleFactor: scale });
  try {
    const page = await context.newPage();
    await page.route("**/*", (route) =>
      route.request().resourceType() === "image"
        ? route.fulfill({ body: pixel, contentType: "image/png" })
        : route.abort(),
    );
    const filled = change(fillForReader(html.source)).replace("</head>", `${ownFont}</head>`);
    await page.setContent(filled, { waitUntil: "load" });
    await page.evaluate(() => document.fonts.ready);
    return await page.screenshot({ fullPage: true, animations: "disabled" });
  } finally {
    await context.close();
  }
}

/** A channel may differ by this much where letters are smoothed otherwise. */
const channelDifferenceMax = 40;

/** In a picture thousands of pixels high one line of text is nothing: each band of it is looked at by itself. */
const bandHeight = 64;

/** The share of pixels, 0 to 1, that differ visibly in the band where most do; 1 for pictures of different sizes. */
export async function compareBands(one: Buffer, other: Buffer): Promise<number> {
  const [left, right] = [await readPixels(one), await readPixels(other)];
  const { width, height } = left;
  if (right.width !== width || right.height !== height) return 1;
  let worst = 0;
  for (let top = 0; top < height; top += bandHeight) {
    const end = Math.min(top + bandHeight, height) * width * 4;
    let different = 0;
    for (let at = top * width * 4; at < end; at += 4)
      if (differenceAt(left.data, right.data, at) > channelDifferenceMax) different += 1;
    worst = Math.max(worst, different / (end / 4 - top * width));
  }
  return worst;
}

async function readPixels(png: Buffer) {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}

/** By how much the channel differs that differs most. */
function differenceAt(left: Uint8ClampedArray, right: Uint8ClampedArray, at: number): number {
  let most = 0;
  for (let channel = at; channel < at + 3; channel += 1)
    most = Math.max(most, Math.abs((left[channel] as number) - (right[channel] as number)));
  return most;
}
