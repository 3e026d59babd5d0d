/** What a person reads in a mail, found quickly: for searches over many mails and for the line under a subject. */
import { decodeCharset } from "./encoded-words.ts";
import { decodeMimeNode, listMimeNodes, type MimeNode, readMimeTree } from "./mime-tree.ts";

export const readableCharactersMax = 32_000;

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** The plain text part, else the HTML part without its tags; white space in one piece. */
export function readReadableText(raw: Buffer): string {
  const leaves = listMimeNodes(readMimeTree(raw)).filter((node) => node.parts.length === 0);
  const shown = leaves.filter((node) => node.disposition !== "attachment");
  const plain = shown.filter((node) => node.type === "text/plain");
  const texts = plain.length > 0 ? plain : shown.filter((node) => node.type === "text/html");
  return texts
    .map((node) => (node.type === "text/html" ? stripTags(decodeText(raw, node)) : decodeText(raw, node)))
    .join(" ")
    .replace(/(?:\s|\u00ad|\u034f|[\u200b-\u200f]|\u2060|\ufeff)+/g, " ") // with the invisible padding behind preheaders
    .trim()
    .slice(0, readableCharactersMax);
}

function decodeText(raw: Buffer, node: MimeNode): string {
  const bytes = decodeMimeNode(raw, node).subarray(0, readableCharactersMax * 8);
  return decodeCharset(bytes, node.charset ?? "utf-8") ?? bytes.toString("latin1");
}

/** Good enough to search in; nothing is ever shown as HTML from here. */
function stripTags(html: string): string {
  return html
    .replace(/<(head|style|script|title)\b[^>]*>.*?<\/\1\s*>/gis, " ")
    .replace(/<!--.*?-->/gs, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,8}));/gi, (whole, decimal, hex, name: string | undefined) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
      const code = decimal ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
    });
}
