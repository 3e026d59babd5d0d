import { GlobalFonts } from "@napi-rs/canvas";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Charts bring their own type: a fresh machine may have none, and a server's other fonts must not change a picture. Inter
 * covers Latin, Greek and Cyrillic, Noto Sans Arabic and Japanese; any other script is left to what the machine has.
 * Each has a name of its own: within one name Skia picks a face by weight alone, and Arabic digits' Latin neighbours change.
 */
const fonts = [
  { name: "Broadsheet Inter", packageName: "@fontsource-variable/inter", scripts: null },
  { name: "Broadsheet Arabic", packageName: "@fontsource-variable/noto-sans-arabic", scripts: /\p{sc=Arab}/u },
  {
    name: "Broadsheet Japanese",
    packageName: "@fontsource-variable/noto-sans-jp",
    scripts: /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\u3000-\u303f\uff00-\uffef]/u,
  },
] as const;

/** For a canvas' `font`, in the order in which a character is looked for. */
export const fontFamilies = fonts.map(({ name }) => `"${name}"`).join(", ");

const registered = new Set<string>();

/** Makes the fonts ready that these texts need. The Japanese one is 120 files, so it is left alone until it is needed. */
export function prepareFonts(texts: readonly string[]): void {
  for (const { name, packageName, scripts } of fonts) {
    if (registered.has(name) || (scripts !== null && !texts.some((text) => scripts.test(text)))) continue;
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    const folder = join(dirname(manifest), "files");
    for (const file of readdirSync(folder).toSorted()) {
      if (file.endsWith("-wght-normal.woff2")) GlobalFonts.registerFromPath(join(folder, file), name);
    }
    registered.add(name);
  }
}
