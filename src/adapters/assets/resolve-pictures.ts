import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { chartsOf, picturesOf } from "../../domain/issue-pictures.ts";
import type { DataBlock, Issue, Picture } from "../../domain/issue.ts";
import { pictureWidthMax, type Pictures, type ResolvedPicture } from "../../domain/pictures.ts";
import { assert } from "../../lib/assert.ts";
import { InputError, messageOf, type Problem } from "../../lib/errors.ts";
import { hashOf, type AssetStore } from "./asset-store.ts";
import { fitPicture, fitVersion, sourceSizeBytesMax } from "./fit-picture.ts";
import { readPictureHeader } from "./picture-header.ts";

/** Draws a data block as a PNG of twice the size in which it is shown. */
export type DrawChart = (
  block: DataBlock,
  options: { readonly lang: string; readonly direction: "ltr" | "rtl" },
) => Buffer;

/** Charts are drawn with twice the pixels. */
const chartDensity = 2;

/**
 * Reads, fits and stores every picture and chart of an issue, so that compiling needs no file. A remote picture stays where
 * it is, with the size that the issue tells.
 * @throws InputError `picture-missing` or `picture-unreadable` for all of them at once, each at its block.
 */
export async function resolvePictures(issue: Issue, store: AssetStore, drawChart: DrawChart): Promise<Pictures> {
  const bySource = new Map<string, ResolvedPicture>();
  const problems: Problem[] = [];
  const failed = new Set<string>();
  // One at a time: a decoded picture may take 200 MB.
  for (const { picture, place } of picturesOf(issue)) {
    if (bySource.has(picture.src) || failed.has(picture.src)) continue;
    const resolved = isRemote(picture) ? remotePicture(picture) : await localPicture(picture, issue.folder, store);
    if ("url" in resolved) bySource.set(picture.src, resolved);
    else {
      failed.add(picture.src);
      problems.push({ code: resolved.code, message: resolved.message, place });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  const charts = new Map<DataBlock, ResolvedPicture>();
  for (const block of chartsOf(issue)) {
    const bytes = drawChart(block, { lang: issue.lang, direction: issue.direction });
    charts.set(block, await storeChart(bytes, store));
  }
  return { bySource, charts };
}

type Refusal = Pick<Problem, "code" | "message">;

async function localPicture(picture: Picture, folder: string, store: AssetStore): Promise<ResolvedPicture | Refusal> {
  const shown = JSON.stringify(picture.src);
  const unreadable = (problem: string): Refusal => ({
    code: "picture-unreadable",
    message: `The picture ${shown} ${problem}`,
  });
  const file = join(folder, picture.src);
  let source: Buffer;
  try {
    const [real, realFolder] = await Promise.all([realpath(file), realpath(folder)]);
    if (!real.startsWith(realFolder.endsWith(sep) ? realFolder : realFolder + sep)) {
      return unreadable("is a link that leads out of the issue's folder: copy the picture into it");
    }
    const found = await stat(real);
    if (!found.isFile()) return unreadable("is not a file");
    if (found.size > sourceSizeBytesMax) {
      return unreadable(
        `has ${Math.ceil(found.size / 1024 / 1024)} MB; at most ${sourceSizeBytesMax / 1024 / 1024} MB`,
      );
    }
    source = await readFile(real);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") return unreadable(`can't be read: ${messageOf(thrown)}`);
    const message = `The picture ${shown} is not there: no file ${file}`;
    return { code: "picture-missing", message };
  }
  const key = `${hashOf(source)}-${fitVersion}`;
  const known = await store.recall(key);
  if (known) {
    const { name, ...size } = known;
    return { ...size, url: store.urlOf(name) };
  }
  const fitted = await fitPicture(source);
  if ("problem" in fitted) return unreadable(fitted.problem);
  const { bytes, ...size } = fitted;
  const { name, url } = await store.put(bytes);
  await store.remember(key, { ...size, name });
  return { ...size, url };
}

function isRemote(picture: Picture): boolean {
  return /^https:/i.test(picture.src);
}

function remotePicture({ src, width, height }: Picture): ResolvedPicture {
  const shown = Math.min(width ?? pictureWidthMax, pictureWidthMax);
  const ending = extname(new URL(src).pathname).toLowerCase();
  return {
    url: src,
    width: shown,
    height: width === undefined || height === undefined ? null : Math.max(1, Math.round((height * shown) / width)),
    sizeBytes: 0,
    transparent: false,
    format: formats[ending] ?? "jpeg",
  };
}

const formats: Readonly<Record<string, ResolvedPicture["format"]>> = { ".png": "png", ".gif": "gif", ".webp": "webp" };

async function storeChart(bytes: Buffer, store: AssetStore): Promise<ResolvedPicture> {
  const header = readPictureHeader(bytes);
  assert(header?.format === "png", "A chart is drawn as PNG.");
  const { url } = await store.put(bytes);
  return {
    url,
    width: Math.round(header.width / chartDensity),
    height: Math.round(header.height / chartDensity),
    sizeBytes: bytes.length,
    transparent: false,
    format: "png",
  };
}
