/**
 * Stylesheets and scripts of our own origin, under names made of their content, so that a browser keeps them for good and
 * never shows an old one. No page of ours needs anything from elsewhere.
 */
import { createHash } from "node:crypto";
import { Hono } from "hono";
import { assert } from "../lib/assert.ts";

export interface Asset {
  /** `theme.css`, `inbox.js`: the extension says what it is. */
  readonly name: string;
  readonly body: string;
}

export interface Assets {
  /** The path to write into a page. */
  href(name: string): string;
  /** To mount at `/`: answers the paths above. */
  readonly routes: Hono;
}

const mediaTypes: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** `prefix` is where they lie, for example `/assets`. */
export function createAssets(prefix: string, assets: readonly Asset[]): Assets {
  const byName = new Map<string, string>();
  const byPath = new Map<string, { type: string; body: string }>();
  for (const { name, body } of assets) {
    const [stem, extension = ""] = [name.slice(0, name.lastIndexOf(".")), name.split(".").at(-1)];
    const type = mediaTypes[extension];
    assert(type !== undefined, `an asset is CSS, JavaScript or SVG, and ${name} is none`);
    const path = `${prefix}/${stem}.${createHash("sha256").update(body).digest("hex").slice(0, 12)}.${extension}`;
    byName.set(name, path);
    byPath.set(path, { type, body });
  }
  const routes = new Hono();
  routes.get(`${prefix}/:file`, (context) => {
    const asset = byPath.get(`${prefix}/${context.req.param("file")}`);
    if (!asset) return context.notFound();
    return context.body(asset.body, 200, {
      "Content-Type": asset.type,
      "Cache-Control": "public, max-age=31536000, immutable",
      "X-Content-Type-Options": "nosniff",
    });
  });
  return {
    href(name) {
      const path = byName.get(name);
      assert(path !== undefined, `${name} is one of the assets`);
      return path;
    },
    routes,
  };
}
