/** A quick look at a mail's body: for searches over many mails and for the line under a subject. */
import { isInlineFile, type MailGlance, type MailPart } from "../../domain/caught-mail.ts";
import { decodeCharset } from "./encoded-words.ts";
import { decodeMimeNode, listMimeNodes, type MimeNode, readMimeTree } from "./mime-tree.ts";

/** Of each kind: more than any newsletter's words. */
const readableCharactersMax = 32_000;

/** As long as Mailpit's. */
const snippetCharactersMax = 250;

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

export function glanceAtMail(raw: Buffer): MailGlance {
  const leaves = listMimeNodes(readMimeTree(raw)).filter((node) => node.parts.length === 0);
  const files = leaves.filter(isFile);
  const inline = files.filter(isInlineFile).length;
  const [first = "", ...others] = readTexts(raw, leaves);
  const text = [first, ...others].join("\n");
  return { text, snippet: first.slice(0, snippetCharactersMax), files: { attached: files.length - inline, inline } };
}

/** Leaves with a name or a Content-ID, and those that no reader shows as text. */
export function isFile(node: MailPart): boolean {
  if (node.parts.length > 0) return false;
  if (node.disposition === "attachment" || node.contentId !== null || node.fileName !== null) return true;
  return !/^(?:text\/plain|text\/html|multipart\/.*)$/.test(node.type);
}

/** The plain text parts, then the HTML parts without their tags, each cut; white space in one piece. */
function readTexts(raw: Buffer, leaves: readonly MimeNode[]): string[] {
  const shown = leaves.filter((node) => node.disposition !== "attachment");
  // A multipart whose boundary is nowhere is shown as it stands: better than nothing.
  const isPlain = ({ type }: MimeNode) => type === "text/plain" || type.startsWith("multipart/");
  const plain = shown.filter(isPlain).map((node) => decodeText(raw, node));
  const rich = shown.filter((node) => node.type === "text/html").map((node) => stripTags(decodeText(raw, node)));
  return [plain, rich]
    .map((texts) => squeeze(texts.join(" ")).slice(0, readableCharactersMax))
    .filter((text) => text !== "");
}

/** With the invisible padding that stands behind preheaders. */
function squeeze(text: string): string {
  return text.replace(/(?:\s|\u00ad|\u034f|[\u200b-\u200f]|\u2060|\ufeff)+/g, " ").trim();
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
