/**
 * Who may talk to the catcher's web port. It has no log-in: it listens on loopback, and what must be kept out is a page in
 * the developer's own browser, be it a stranger's site or a caught mail.
 */
import type { MiddlewareHandler } from "hono";
import { isIP } from "node:net";

/** Everything that our own pages need; no inline script or style, nothing from elsewhere, in nobody's frame. */
export const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Sets the headers of every answer and refuses, with 403 or 421: a Host that is a foreign name (DNS rebinding), a request
 * that another site's page makes, and any change asked for by another origin. Programs send none of these headers and pass.
 */
export function createGuard(options: { readonly hosts: readonly string[] }): MiddlewareHandler {
  const known = new Set(options.hosts.map((host) => host.toLowerCase()));
  return async (context, next) => {
    const url = new URL(context.req.url);
    const header = (name: string) => context.req.header(name);
    if (!isOwnHost(url.hostname, known)) return context.text(`This catcher is not ${url.hostname}.\n`, 421);
    const isSafe = context.req.method === "GET" || context.req.method === "HEAD";
    const site = header("sec-fetch-site");
    // A mail's frame has an origin of its own: what it loads counts as another site's doing.
    const isForeign = site === "cross-site" || site === "same-site";
    const isNavigation = header("sec-fetch-mode") === "navigate" && isSafe;
    if (isForeign && !isNavigation) return context.text("Another site's page may not ask for this.\n", 403);
    const origin = header("origin");
    if (!isSafe && origin !== undefined && !isSameHost(origin, url.host)) {
      return context.text("Another origin may not change anything here.\n", 403);
    }
    await next();
    const headers = context.res.headers;
    if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", pagePolicy);
    headers.set("X-Content-Type-Options", "nosniff");
    // "no-referrer" would make the browser send our own forms with `Origin: null`, like those of a sandboxed mail.
    if (!headers.has("Referrer-Policy")) headers.set("Referrer-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("X-DNS-Prefetch-Control", "off");
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
    return undefined;
  };
}

/** Addresses, names without a dot (a container's, localhost) and those that were named at start. */
function isOwnHost(hostname: string, known: ReadonlySet<string>): boolean {
  const name = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  return known.has(name) || isIP(name) !== 0 || !name.includes(".") || name.endsWith(".localhost");
}

function isSameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
