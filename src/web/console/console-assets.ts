import { readSource } from "../../lib/project-root.ts";
import { createAssets } from "../../ui/assets.ts";
import { themeCss } from "../../ui/theme.css.ts";
import { consoleCss } from "./console.css.ts";

const markSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1c5bbd"/>' +
  '<path d="M7 10h18v12H7zM7.5 10.5 16 17l8.5-6.5" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>';

export const consoleAssets = createAssets("/console-assets", [
  { name: "console.css", body: `${themeCss}${consoleCss}` },
  { name: "count.js", body: readSource("src/web/console/count-client.js") },
  { name: "follow.js", body: readSource("src/web/console/follow-client.js") },
  { name: "search.js", body: readSource("src/web/console/search-client.js") },
  { name: "mark.svg", body: markSvg },
]);
