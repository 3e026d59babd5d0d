import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadTemplate } from "../adapters/files/template-files.ts";
import { compileDigest } from "../digest/compile-digest.ts";
import { encodePart } from "../digest/encode-part.ts";
import type { Digest, DigestVariant } from "../domain/digest.ts";
import type { Issue, PlainText } from "../domain/issue.ts";
import type { NoticeContent } from "../domain/reader-request.ts";
import type { SlotContext, SlottedText } from "../domain/slotted-text.ts";
import type { Sender } from "../domain/subscriber.ts";
import type { Template, TemplateSource } from "../domain/template.ts";
import { noticeWords } from "./notice-words.ts";
import { templatesRoot } from "./project.ts";

/** What notices lay over a list's template: no view in a browser, nothing to leave yet. */
const overridesFolder = "notices";

/** Where the button leads until its slot is cut in. The name ends in .invalid (RFC 2606), so no author's link is the same. */
const buttonHref = "https://notice-button.invalid/";

/** Lists times languages times kinds that are asked for in one process; each is some 100 KB. */
const digestsMax = 100;

export interface NoticeLook {
  readonly sender: Sender;
  /** The template that the list's issues use. */
  readonly template: string;
  /** Where our pages are. */
  readonly publicUrl: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
}

/** Notices as digests: through the list's own template, compiled once for a list, a language and a kind. */
export function createNoticeDigests(): (
  type: NoticeContent["type"],
  lang: string,
  look: NoticeLook,
) => Promise<Digest> {
  const kept = new Map<string, Promise<Digest>>();
  return (type, lang, look) => {
    const key = JSON.stringify([type, lang, look]);
    const known = kept.get(key);
    if (known) return known;
    const compiling = compileNotice(type, lang, look);
    kept.set(key, compiling);
    compiling.catch(() => kept.delete(key));
    if (kept.size > digestsMax) kept.delete(kept.keys().next().value as string);
    return compiling;
  };
}

async function compileNotice(type: NoticeContent["type"], wish: string, look: NoticeLook): Promise<Digest> {
  const { lang, words } = noticeWords(type, wish);
  const fill = (text: string): PlainText => readPlaces(text, look.sender.listName);
  const place = { file: `notice-${type}` };
  const paragraph = (text: string) => ({ type: "paragraph" as const, children: fill(text) });
  const issue: Issue = {
    slug: `notice-${type}`,
    file: `notice-${type}`,
    folder: templatesRoot,
    template: look.template,
    lang,
    direction: lang === "ar" ? "rtl" : "ltr",
    subject: fill(words.subject),
    preheader: fill(words.text[0] ?? ""),
    title: fill(words.subject),
    date: look.date,
    blocks: [
      { type: "text", body: words.text.map(paragraph), place },
      { type: "button", action: { text: words.button, href: buttonHref }, place },
      { type: "text", body: [paragraph(words.after)], place },
    ],
    silenced: [],
  };
  const digest = await compileDigest({
    issue,
    template: await loadNoticeTemplate(look.template),
    sender: look.sender,
    pictures: { bySource: new Map(), charts: new Map() },
    publicUrl: look.publicUrl,
  });
  const link = type === "already" ? "link.preferences" : "link.confirm";
  const variants = new Map([...digest.variants].map(([key, variant]) => [key, cutInLink(variant, link)]));
  return { ...digest, id: `${digest.id}-${link}`, variants };
}

async function loadNoticeTemplate(name: string): Promise<Template> {
  const template = await loadTemplate(join(templatesRoot, name));
  const folder = join(templatesRoot, overridesFolder);
  const partials = new Map<string, TemplateSource>(template.partials);
  for (const file of await readdir(folder)) {
    if (!file.endsWith(".hbs")) continue;
    const text = await readFile(join(folder, file), "utf8");
    partials.set(file.split(".")[0] as string, { file: `${overridesFolder}/${file}`, text });
  }
  return { ...template, partials };
}

function cutInLink(variant: DigestVariant, name: string): DigestVariant {
  const cut = (source: SlottedText, context: SlotContext) => cutAt(source, buttonHref, name, context);
  return {
    ...variant,
    text: encodePart(cut(variant.text.source, "text"), variant.text.contentType),
    html: encodePart(cut(variant.html.source, "attribute"), variant.html.contentType),
  };
}

function cutAt(source: SlottedText, text: string, name: string, context: SlotContext): SlottedText {
  const chunks: string[] = [];
  const slots: SlottedText["slots"][number][] = [];
  source.chunks.forEach((chunk, index) => {
    chunk.split(text).forEach((piece, at) => {
      if (at > 0) slots.push({ name, fallback: null, context });
      chunks.push(piece);
    });
    const slot = source.slots[index];
    if (slot) slots.push(slot);
  });
  return { chunks, slots };
}

/** `{list}` is the list's name; every other name in braces is a value of the notice. */
function readPlaces(text: string, listName: string): PlainText {
  return text.split(/\{(\w+)\}/).flatMap((piece, index): PlainText => {
    if (index % 2 === 0) return piece === "" ? [] : [{ type: "text", text: piece }];
    if (piece === "list") return [{ type: "text", text: listName }];
    return [{ type: "slot", name: `subscriber.${piece}`, fallback: null }];
  });
}
