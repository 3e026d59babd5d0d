/** A Digest of the size and kind that is really sent: text, tables, links, a picture, eight slots. */
import type { Digest } from "../../src/domain/digest.ts";
import type { SlottedText } from "../../src/domain/slotted-text.ts";
import { createSampleDigest, slot } from "./sample-digest.ts";

const paragraphs = [
  "Two articles this month, five meetings, and the numbers that many of you asked for. If you have ten minutes, read the first one; if you have an afternoon, come to the workshop.",
  "The first article follows one request from the moment somebody presses a key to the moment the answer stands on the screen, and counts what it costs on the way. Most of it, it turns out, is waiting.",
  "The second asks a question that sounds simple: how many tokens does the same sentence take in forty languages? The answer explains why the bill for a Finnish help page is higher than for an English one.",
  "The meetings are grouped by place. Each has its own time and zone, and where your zone is another one the mail shows yours, too. Seats are few in Lisbon; write early if you would like to come.",
] as const;

function articles(count: number, write: (title: string, body: string, index: number) => string): string {
  return Array.from({ length: count }, (_, index) =>
    write(
      `What we learned in part ${index + 1}`,
      `${paragraphs[index % paragraphs.length]} ${paragraphs[(index + 1) % paragraphs.length]}`,
      index,
    ),
  ).join("\n");
}

const cell = 'style="font-family:Georgia,serif;font-size:17px;line-height:1.5;color:#222222;padding:0 24px 16px"';

function htmlArticle(title: string, body: string, index: number): string {
  return (
    `<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%"><tbody><tr><td ${cell}>` +
    `<h2 style="font-size:22px;line-height:1.3;margin:0 0 8px">${title}</h2>\n<p style="margin:0">${body}</p>\n` +
    `<p style="margin:8px 0 0"><a href="https://www.example.com/articles/part-${index + 1}" style="color:#0b5cad">Read part ${index + 1} on the site</a></p>` +
    `</td></tr></tbody></table>`
  );
}

const head =
  '<!doctype html>\n<html lang="en" dir="ltr"><head><meta charset="utf-8"><title>New in May</title>\n' +
  '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">\n' +
  "<style>@media (prefers-color-scheme: dark) { body { background: #111111; color: #eeeeee } }</style></head>\n" +
  '<body lang="en" dir="ltr" style="margin:0;background:#ffffff;color:#222222">\n';

/** @param articleCount 36 give an HTML part of about 40 KB */
export function createRealisticDigest(articleCount = 6): Digest {
  const html: SlottedText = {
    chunks: [
      `${head}<p ${cell}>Good morning, `,
      `, and welcome to the May issue.</p>\n<p ${cell}><a href="`,
      `" style="color:#0b5cad">View in browser</a></p>\n` +
        '<img src="https://news.example.com/pictures/abc.png" alt="A chart of token counts in forty languages" width="600" height="300">\n' +
        `${articles(articleCount, htmlArticle)}\n<p ${cell}>Token workshop, Lisbon, 5:00 PM`,
      `</p>\n<p ${cell}>You get this because `,
      ` is subscribed to Example News. <a href="`,
      '" style="color:#0b5cad">Choose what you get</a> or <a href="',
      `" style="color:#0b5cad">unsubscribe</a>.</p>\n<p ${cell}>Example Ltd, 1 High Street, Springfield</p>\n</body></html>\n`,
    ],
    slots: [
      slot("subscriber.firstName", "html", "reader"),
      slot("link.view", "attribute"),
      slot("event.0.readerTime", "html", ""),
      slot("subscriber.address", "html"),
      slot("link.preferences", "attribute"),
      slot("link.unsubscribe", "attribute"),
    ],
  };
  const text: SlottedText = {
    chunks: [
      "Good morning, ",
      `, and welcome to the May issue.\n\nhttps://news.example.com/pictures/abc.png\n\n${articles(
        articleCount,
        (title, body, index) => `${title}\n\n${body}\nhttps://www.example.com/articles/part-${index + 1}\n`,
      )}\nChoose what you get: `,
      "\nUnsubscribe: ",
      "\n\nExample Ltd, 1 High Street, Springfield\n",
    ],
    slots: [
      slot("subscriber.firstName", "text", "reader"),
      slot("link.preferences", "text"),
      slot("link.unsubscribe", "text"),
    ],
  };
  return createSampleDigest({
    html,
    text,
    subject: {
      chunks: ["New in May: tokens, meetings and a workshop, ", ""],
      slots: [slot("subscriber.firstName", "header", "reader")],
    },
    events: [{ instantMs: Date.UTC(2024, 5, 5, 16), zone: "Europe/Lisbon", wholeDay: false, calendar: "" }],
  });
}
