/** Parses mails when somebody looks, and remembers the last ones looked at. */
import { simpleParser } from "mailparser";
import type { MailContent, MailGlance, MailPart } from "../../domain/caught-mail.ts";
import { decodeEncodedWords } from "./encoded-words.ts";
import { glanceAtMail, isFile } from "./glance.ts";
import { readHeaderFields, readHeaderText } from "./header-scan.ts";
import { decodeMimeNode, listMimeNodes, readMimeTree } from "./mime-tree.ts";

export interface MailReader {
  content(id: string): Promise<MailContent | undefined>;
  part(id: string, partId: string): Promise<{ part: MailPart; bytes: Buffer } | undefined>;
  glance(id: string): Promise<MailGlance>;
  forget(id: string): void;
}

/** One person looks at one mail, then at its neighbours. */
const contentsMax = 20;
const nothing: MailGlance = { text: "", snippet: "", files: { attached: 0, inline: 0 } };
/** Characters of glances kept, so that a test that polls a search does not decode everything each time. */
const glanceCharactersKept = 16_000_000;

export function createMailReader(load: (id: string) => Promise<Buffer | undefined>): MailReader {
  const contents = new Map<string, Promise<MailContent | undefined>>();
  const glances = new Map<string, MailGlance>();
  let glanceCharacters = 0;

  function dropGlance(id: string): void {
    glanceCharacters -= glances.get(id)?.text.length ?? 0;
    glances.delete(id);
  }

  return {
    content(id) {
      const known = contents.get(id);
      if (known) return known;
      const reading = load(id).then((raw) => (raw === undefined ? undefined : readContent(raw)));
      contents.set(id, reading);
      reading.catch(() => contents.delete(id));
      if (contents.size > contentsMax) contents.delete(contents.keys().next().value as string);
      return reading;
    },
    async part(id, partId) {
      const raw = await load(id);
      if (raw === undefined) return undefined;
      const node = listMimeNodes(readMimeTree(raw)).find((candidate) => candidate.id === partId);
      return node && { part: node, bytes: decodeMimeNode(raw, node) };
    },
    async glance(id) {
      const known = glances.get(id);
      if (known) return known;
      const raw = await load(id);
      if (raw === undefined) return nothing;
      const glance = glanceAtMail(raw);
      glances.set(id, glance);
      glanceCharacters += glance.text.length;
      while (glanceCharacters > glanceCharactersKept) dropGlance(glances.keys().next().value as string);
      return glance;
    },
    forget(id) {
      contents.delete(id);
      dropGlance(id);
    },
  };
}

/** Never throws: what the parser refuses (a thousand parts and more) is read the quick way. */
async function readContent(raw: Buffer): Promise<MailContent> {
  const root = readMimeTree(raw);
  const fields = readHeaderFields(readHeaderText(raw)).map(({ name, value }) => ({
    name,
    value: decodeEncodedWords(value),
  }));
  const written = fields.find(({ name }) => name.toLowerCase() === "date")?.value ?? "";
  const date = Number.isNaN(Date.parse(written)) ? null : new Date(written);
  const bodies = await parseBodies(raw);
  return { fields, date, ...bodies, root, attachments: listMimeNodes(root).filter(isFile) };
}

async function parseBodies(raw: Buffer): Promise<{ html: string | null; text: string | null }> {
  try {
    const { html, text } = await simpleParser(raw, {
      keepCidLinks: true,
      skipHtmlToText: true,
      skipTextToHtml: true,
      keepDeliveryStatus: true,
      checksumAlgo: false,
    });
    if (html || text) return { html: html || null, text: text || null };
  } catch {
    // Too many parts, or a header beyond all measure: what follows reads what there is.
  }
  return { html: null, text: glanceAtMail(raw).text || null };
}
