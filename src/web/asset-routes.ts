import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hono } from "hono";
import { assetsFolder } from "../app/compile-issue.ts";
import type { WebContext } from "./web-app.ts";

/** Content-addressed, so what a name gives never changes. */
const cacheForEver = "public, max-age=31536000, immutable";

const types: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

/** The pictures of mails, under names that are the hash of what they hold. */
export function addAssetRoutes(app: Hono, { config }: WebContext): void {
  app.get("/assets/:name{[0-9a-f]+\\.[a-z]+}", async (c) => {
    const name = c.req.param("name");
    const type = types[name.slice(name.indexOf(".") + 1)];
    const bytes = type ? await readFile(join(assetsFolder(config), name)).catch(() => null) : null;
    if (!type || !bytes) return c.text("There is no such picture.\n", 404);
    return c.body(new Uint8Array(bytes), 200, {
      "content-type": type,
      "cache-control": cacheForEver,
      "x-content-type-options": "nosniff",
    });
  });
}
