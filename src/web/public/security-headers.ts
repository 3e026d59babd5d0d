import type { MiddlewareHandler } from "hono";

/** Nothing but our own stylesheet, pictures and forms; no script, no frame, nothing from elsewhere. */
const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The sign-up page's script solves its puzzle. */
export const joinPolicy = `${pagePolicy}; script-src 'self'`;

const oneYearSeconds = 31_536_000;

/**
 * For every public page, unless its handler set its own policy. Their addresses carry tokens: no cache keeps them, no search
 * engine lists them, and no other site is told them.
 */
export function securityHeaders(publicUrl: string): MiddlewareHandler {
  const overHttps = publicUrl.startsWith("https://");
  return async (c, next) => {
    await next();
    const set = (name: string, value: string): void => {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    };
    set("content-security-policy", pagePolicy);
    set("cache-control", "no-store");
    set("x-robots-tag", "noindex, nofollow");
    set("referrer-policy", "no-referrer");
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("permissions-policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()");
    if (overHttps) set("strict-transport-security", `max-age=${oneYearSeconds}`);
  };
}

/**
 * For a mail's own HTML: it brings its styles along and shows pictures of ours; whatever else it holds, no script runs and
 * no form works, and it stands in an origin of its own.
 */
export function mailPolicy(publicUrl: string): string {
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `img-src 'self' data: ${new URL(publicUrl).origin}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
  ].join("; ");
}
