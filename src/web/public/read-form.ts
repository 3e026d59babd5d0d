import type { Context } from "hono";

/** Our forms have a handful of short fields. */
export const formBytesMax = 32 * 1024;

/**
 * A form's fields in either encoding (RFC 8058 section 3.2 lets a mail program choose), the first of each name.
 * @returns `null` for what is no form; a body that is too long was refused before
 */
export async function readForm(c: Context): Promise<URLSearchParams | null> {
  const type = c.req.header("content-type") ?? "";
  const bytes = await c.req.arrayBuffer();
  if (!/^multipart\/form-data\b/i.test(type)) return new URLSearchParams(Buffer.from(bytes).toString("utf8"));
  try {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    const fields = new URLSearchParams();
    for (const [name, value] of form) {
      if (typeof value !== "string") return null;
      fields.append(name, value);
    }
    return fields;
  } catch {
    return null;
  }
}

/** RFC 8058 section 3.1: exactly this pair and nothing else. */
export function isOneClick(fields: URLSearchParams): boolean {
  const pairs = [...fields];
  return pairs.length === 1 && pairs[0]?.[0] === "List-Unsubscribe" && pairs[0][1].trim() === "One-Click";
}
