/** Composes the mail that a client asks the API to send: for testing a test, not for sending newsletters. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { stripControls } from "../lib/escape.ts";

const addressSchema = z.object({ Email: z.email(), Name: z.string().default("") });

const headerName = /^[!-9;-~]{1,76}$/;
const restricted = new Set(["to", "from", "cc", "bcc", "reply-to", "date", "subject", "content-type", "mime-version"]);

/** The request of Mailpit's `POST /api/v1/send`. */
export const sendSchema = z.object({
  From: addressSchema,
  To: z.array(addressSchema).default([]),
  Cc: z.array(addressSchema).default([]),
  Bcc: z.array(z.email()).default([]),
  ReplyTo: z.array(addressSchema).default([]),
  Subject: z.string().default(""),
  Text: z.string().default(""),
  HTML: z.string().default(""),
  Tags: z.array(z.string()).default([]),
  Headers: z
    .record(
      z
        .string()
        .regex(headerName)
        .refine((name) => !restricted.has(name.toLowerCase()), "cannot overwrite header"),
      z.string(),
    )
    .default({}),
  Attachments: z
    .array(
      z.object({
        Content: z.string(),
        /** Mailpit writes `Filename`; clients have been seen to write `FileName`. */
        Filename: z.string().optional(),
        FileName: z.string().optional(),
        ContentType: z
          .string()
          .regex(/^[\w.+-]+\/[\w.+-]+$/)
          .optional(),
        ContentID: z
          .string()
          .regex(/^[^\s<>]*$/)
          .optional(),
      }),
    )
    .default([]),
});

export type SendRequest = z.infer<typeof sendSchema>;

interface Entity {
  readonly head: readonly string[];
  readonly body: string;
}

/** RFC 5322 with CRLF; parts in base64, so that no line is too long and no dot needs care. */
export function composeMail(request: SendRequest, now: Date): Buffer {
  const mailboxes = (list: SendRequest["To"]) =>
    list.map(({ Name, Email }) => `${phrase(Name)} <${Email}>`.trim()).join(",\r\n ");
  const fields: [string, string][] = [
    ["From", mailboxes([request.From])],
    ...(request.To.length > 0 ? [["To", mailboxes(request.To)] as [string, string]] : []),
    ...(request.Cc.length > 0 ? [["Cc", mailboxes(request.Cc)] as [string, string]] : []),
    ...(request.ReplyTo.length > 0 ? [["Reply-To", mailboxes(request.ReplyTo)] as [string, string]] : []),
    ["Subject", word(request.Subject)],
    ["Date", now.toUTCString().replace("GMT", "+0000")],
    ["Message-ID", `<${randomUUID()}@catcher.broadsheet.localhost>`],
    ["MIME-Version", "1.0"],
    ...(request.Tags.length > 0 ? [["X-Tags", word(request.Tags.join(", "))] as [string, string]] : []),
    ...Object.entries(request.Headers).map(([name, value]): [string, string] => [name, word(value)]),
  ];
  const entity = composeBody(request);
  const head = [...fields.map(([name, value]) => `${name}: ${value}`), ...entity.head].join("\r\n");
  return Buffer.from(`${head}\r\n\r\n${entity.body}\r\n`);
}

function composeBody(request: SendRequest): Entity {
  const texts = [
    ...(request.Text !== "" || request.HTML === ""
      ? [leaf("text/plain; charset=utf-8", Buffer.from(request.Text))]
      : []),
    ...(request.HTML !== "" ? [leaf("text/html; charset=utf-8", Buffer.from(request.HTML))] : []),
  ];
  const files = request.Attachments.map((file) => {
    const name = stripControls(file.Filename ?? file.FileName ?? "file").replace(/["\\]/g, "_");
    const isInline = (file.ContentID ?? "") !== "";
    // Browsers read files as data: URLs.
    const bytes = Buffer.from(file.Content.slice(file.Content.lastIndexOf(",") + 1), "base64");
    const entity = leaf(`${file.ContentType ?? "application/octet-stream"}; name="${word(name)}"`, bytes);
    const disposition = `Content-Disposition: ${isInline ? "inline" : "attachment"}; filename="${word(name)}"`;
    const head = [...entity.head, disposition, ...(isInline ? [`Content-ID: <${file.ContentID}>`] : [])];
    return { isInline, entity: { ...entity, head } };
  });
  const shown = multipart("alternative", texts);
  const related = multipart("related", [
    shown,
    ...files.filter(({ isInline }) => isInline).map(({ entity }) => entity),
  ]);
  return multipart("mixed", [related, ...files.filter(({ isInline }) => !isInline).map(({ entity }) => entity)]);
}

function leaf(type: string, bytes: Buffer): Entity {
  const body = bytes.toString("base64").replace(/.{76}/g, "$&\r\n");
  return { head: [`Content-Type: ${type}`, "Content-Transfer-Encoding: base64"], body };
}

/** One part alone needs no multipart around it. */
function multipart(kind: string, parts: readonly Entity[]): Entity {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const boundary = `part-${randomUUID()}`;
  const body = parts
    .map(({ head, body: inner }) => `--${boundary}\r\n${head.join("\r\n")}\r\n\r\n${inner}\r\n`)
    .join("");
  return { head: [`Content-Type: multipart/${kind}; boundary="${boundary}"`], body: `${body}--${boundary}--` };
}

/** Text for a header: encoded words where it is not plain ASCII (RFC 2047), 45 octets each at most. */
function word(text: string): string {
  const clean = stripControls(text);
  if (/^[\x20-\x7e]*$/.test(clean) && clean.length <= 900) return clean;
  const words: string[] = [];
  let piece = "";
  for (const character of clean) {
    if (Buffer.byteLength(piece + character) > 45) {
      words.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...words, piece].map((part) => `=?utf-8?B?${Buffer.from(part).toString("base64")}?=`).join("\r\n ");
}

/** A display name: quoted where it holds what separates addresses (RFC 5322 section 3.2.3). */
function phrase(name: string): string {
  const text = word(name);
  return text.startsWith("=?") || /^[\w !#$%&'*+/=?^`{|}~-]*$/.test(text)
    ? text
    : `"${text.replace(/["\\]/g, "\\$&")}"`;
}
