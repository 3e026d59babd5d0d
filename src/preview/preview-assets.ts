import { readSource } from "../lib/project-root.ts";
import { createAssets } from "../ui/assets.ts";
import { themeCss } from "../ui/theme.css.ts";
import { previewCss } from "./preview.css.ts";

/** The mark: a sheet that is looked at. */
export const previewMark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1c5bbd"/>' +
  '<path d="M5 16s4-7 11-7 11 7 11 7-4 7-11 7S5 16 5 16Z" fill="none" stroke="#fff" stroke-width="2" stroke-linejoin="round"/><circle cx="16" cy="16" r="3.2" fill="#fff"/></svg>';

export const previewAssets = createAssets("/assets", [
  { name: "theme.css", body: themeCss },
  { name: "preview.css", body: previewCss },
  { name: "preview.js", body: readSource("src/preview/preview-client.js") },
  { name: "preview.svg", body: previewMark },
]);
