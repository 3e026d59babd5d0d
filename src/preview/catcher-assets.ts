import { readSource } from "../lib/project-root.ts";
import { createAssets } from "../ui/assets.ts";
import { themeCss } from "../ui/theme.css.ts";
import { inboxCss } from "./catcher-inbox.css.ts";

/** The mark: a tray that holds what falls into it. */
export const markSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1c5bbd"/>' +
  '<path d="M7 17h5l1.5 3h5l1.5-3h5v7H7zM16 6v8M12.5 11l3.5 3.5 3.5-3.5" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>';

export const assets = createAssets("/assets", [
  { name: "theme.css", body: themeCss },
  { name: "inbox.css", body: inboxCss },
  { name: "inbox.js", body: readSource("src/preview/catcher-client.js") },
  { name: "catcher.svg", body: markSvg },
]);
