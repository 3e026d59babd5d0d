import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { sessionMsMax } from "../../app/access/sessions.ts";

const name = "broadsheet_session";

/** No script reads it, no other site's form carries it, and over https nothing else does. */
const attributes = (publicUrl: string) =>
  ({ path: "/console", httpOnly: true, sameSite: "Lax", secure: publicUrl.startsWith("https://") }) as const;

export function readSessionCookie(c: Context): string | undefined {
  return getCookie(c, name);
}

export function setSessionCookie(c: Context, publicUrl: string, token: string): void {
  setCookie(c, name, token, { ...attributes(publicUrl), maxAge: sessionMsMax / 1000 });
}

export function clearSessionCookie(c: Context, publicUrl: string): void {
  deleteCookie(c, name, attributes(publicUrl));
}
