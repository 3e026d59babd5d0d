/** Parses mails when somebody looks, and remembers the last ones looked at. */
import { simpleParser } from "mailparser";
import type { MailContent, MailPart } from "../../domain/caught-mail.ts";
import { decodeEncodedWords } from "./encoded-words.ts";
import { readHeaderFields, readHeaderText } from "./header-scan.ts";
import { decodeMimeNode, listMimeNodes, type MimeNode, readMimeTree } from "./mime-tree.ts";
import { readReadableText } from "./readable-text.ts";

export interface MailReader {
  content(id: string): Promise<MailContent | undefined>;
  part(id: string, partId: string): Promise<{ part: MailPart; bytes: Buffer } | undefined>;
  readableText(id: string): Promise<string>;
  forget(id: string): void;
}

/** One person looks at one mail, then at its neighbours. */
const contentsMax = 20;
/** Characters of readable texts kept, so that a test that polls a search does not decode everything each time. */
const readableCharactersKept = 16_000_000;

export function createMailReader(load: (id: string) => Promise<Buffer | undefined>): MailReader {
  const contents = new Map<string, Promise<MailContent | undefined>>();
  const texts = new Map<string, string>();
  let textCharacters = 0;

  function dropText(id: string): void {
    textCharacters -= texts.get(id)?.length ?? 0;
    texts.delete(id);
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
    async readableText(id) {
      const known = texts.get(id);
      if (known !== undefined) return known;
      const raw = await load(id);
      const text = raw === undefined ? "" : readReadableText(raw);
      texts.set(id, text);
      textCharacters += text.length;
      while (textCharacters > readableCharactersKept) dropText(texts.keys().next().value as string);
      return text;
    },
    forget(id) {
      contents.delete(id);
      dropText(id);
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
    return { html: html || null, text: text || null };
  } catch {
    return { html: null, text: readReadableText(raw) || null };
  }
}

function isFile(node: MimeNode): boolean {
  if (node.parts.length > 0) return false;
  if (node.disposition === "attachment" || node.contentId !== null || node.fileName !== null) return true;
  return node.type !== "text/plain" && node.type !== "text/html";
}
