import type { Context } from "hono";

/**
 * Whether a form was sent by a page of ours: browsers say so themselves with every POST (Fetch standard, section 3.2). A
 * request that says nothing comes from no browser's page and is refused too.
 */
export function isSameOrigin(c: Context, publicUrl: string): boolean {
  const origin = c.req.header("origin");
  if (origin === undefined || !URL.canParse(origin)) return false;
  // By either name: operators come by localhost, others through PUBLIC_URL.
  return origin === new URL(publicUrl).origin || new URL(origin).host === c.req.header("host");
}
