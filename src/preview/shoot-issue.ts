import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PreviewedMail } from "../app/live-preview.ts";
import { escapeHtml } from "../lib/escape.ts";
import { renderFrame, type ReadPicture } from "./preview-frame.ts";
import { schemes, type PreviewQuery } from "./preview-query.ts";

/** One picture of the matrix. */
export interface PlannedShot {
  /** `375-dark-no-pictures.png` */
  readonly name: string;
  readonly file: string;
  readonly widthPixels: number;
  readonly html: string;
}

export const shotWidths = [375, 680] as const;

/** Every width, light, dark and forced dark, with and without pictures: as the preview shows them. */
export async function planShots(
  mail: PreviewedMail,
  folder: string,
  readPicture: ReadPicture,
): Promise<readonly PlannedShot[]> {
  await mkdir(folder, { recursive: true });
  const shots: PlannedShot[] = [];
  for (const widthPixels of shotWidths)
    for (const scheme of schemes)
      for (const pictures of [true, false]) {
        const name = `${widthPixels}-${scheme}${pictures ? "" : "-no-pictures"}.png`;
        const query: PreviewQuery = {
          issue: mail.issue.slug,
          view: "mail",
          width: "free",
          scheme,
          pictures,
          reader: { address: "", values: {}, lang: "", zone: "", variant: "" },
        };
        const html = await renderFrame(mail.content.html ?? "", query, readPicture);
        shots.push({ name, file: join(folder, name), widthPixels, html });
      }
  return shots;
}

const sheetWidthPixels = 1_600;

/** All of them on one page, to be photographed after them. */
export async function planContactSheet(
  title: string,
  shots: readonly PlannedShot[],
  folder: string,
): Promise<PlannedShot> {
  const figures = await Promise.all(
    shots.map(async ({ name, file }) => {
      const source = `data:image/png;base64,${(await readFile(file)).toString("base64")}`;
      return `<figure><img src="${source}" alt="${escapeHtml(name)}"><figcaption>${escapeHtml(name.replace(".png", "").replaceAll("-", " "))}</figcaption></figure>`;
    }),
  );
  const html = `<!doctype html><html lang="en"><head><title>${escapeHtml(title)}</title><style>
body{margin:24px;font:14px/1.4 system-ui,sans-serif;background:#eceef2;color:#1a1e24}
h1{font-size:20px;margin:0 0 16px}
main{display:grid;grid-template-columns:repeat(6,1fr);gap:16px;align-items:start}
figure{margin:0}
img{display:block;width:100%;border:1px solid #c9ced6;border-radius:4px}
figcaption{margin-top:4px;color:#555d68}
</style></head><body><h1>${escapeHtml(title)}</h1><main>${figures.join("")}</main></body></html>`;
  return { name: "contact-sheet.png", file: join(folder, "contact-sheet.png"), widthPixels: sheetWidthPixels, html };
}
