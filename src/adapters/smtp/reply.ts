import type { SmtpReply } from "../../domain/outcome.ts";
import { stripControls } from "../../lib/escape.ts";

/** RFC 5321 section 4.5.3.1.5 gives a reply line 512 octets; no server in use comes near this for a whole reply. */
export const replyBytesMax = 65_536;
/** The longest refusals in use (Google's, with their help links) are below 600 characters. */
export const replyTextCharactersMax = 1_000;

const enhancedPattern = /^([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)\s*/;

/**
 * Reads the lines of one reply (RFC 5321 section 4.2), as bytes in a latin1 string, into a value that is safe to keep:
 * bounded, one line, without control characters.
 */
export function parseReply(lines: readonly string[]): SmtpReply {
  const last = lines.at(-1) ?? "";
  const code = Number(last.slice(0, 3));
  const words = lines.map((line) => decodeText(line.slice(4, 4 + replyTextCharactersMax * 4)));
  const enhanced = enhancedOf(words.find((line) => enhancedPattern.test(line)) ?? "", code);
  const text = words.map((line) => (enhanced ? line.replace(enhancedPattern, "") : line)).join(" ");
  return { code, enhanced, text: boundText(stripControls(text).replace(/ {2,}/g, " ")) };
}

/** Nodemailer's form of a reply: decoded text, its lines joined by a line feed. `null` when it is none. */
export function parseReplyText(response: string): SmtpReply | null {
  const lines = response.split(/\r?\n/).filter((line) => line !== "");
  if (lines.length === 0 || !lines.every((line) => /^\d{3}(?:[ -]|$)/.test(line))) return null;
  return parseReply(lines.map((line) => Buffer.from(line, "utf8").toString("latin1")));
}

/** `450 4.2.1 try again later`, the form people know. */
export function formatReply(reply: SmtpReply): string {
  return [String(reply.code), reply.enhanced, reply.text].filter((part) => part !== null && part !== "").join(" ");
}

/** The basic code wins over an enhanced code of another class (RFC 3463 section 3 wants them to agree). */
function enhancedOf(line: string, code: number): string | null {
  const match = enhancedPattern.exec(line);
  if (!match || Number(match[1]) !== Math.floor(code / 100)) return null;
  return `${match[1]}.${Number(match[2])}.${Number(match[3])}`;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** The charset of a reply is nowhere stated: UTF-8 where it is valid, else each byte as it is. */
function decodeText(bytes: string): string {
  // oxlint-disable-next-line no-control-regex -- tells ASCII from the rest
  if (/^[\u0000-\u007f]*$/.test(bytes)) return bytes;
  try {
    return strictUtf8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return bytes;
  }
}

/** Cuts without leaving half of a surrogate pair, which no database would take. */
export function boundText(text: string, charactersMax = replyTextCharactersMax): string {
  if (text.length <= charactersMax) return text;
  return `${text.slice(0, charactersMax - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

export interface ReplyReader {
  /** Takes what came from the socket. */
  push(chunk: Buffer): void;
}

const replyLinePattern = /^\d{3}(?:[ -]|$)/;

/**
 * Cuts a stream of bytes into replies. A reply counts only once its last line has ended: `25` or even `250 ok` before a
 * cut is none. `onBroken` is told once, of a reply that is no reply or never ends; nothing is read after it.
 */
export function createReplyReader(onReply: (reply: SmtpReply) => void, onBroken: (cause: string) => void): ReplyReader {
  let remainder = "";
  let lines: string[] = [];
  let bytes = 0;
  let broken = false;
  const breakOff = (cause: string) => {
    broken = true;
    remainder = "";
    lines = [];
    onBroken(cause);
  };
  return {
    push(chunk) {
      if (broken) return;
      bytes += chunk.length;
      remainder += chunk.toString("latin1");
      let start = 0;
      for (let end = remainder.indexOf("\n"); end !== -1; end = remainder.indexOf("\n", start)) {
        const line = remainder.slice(start, remainder[end - 1] === "\r" && end > start ? end - 1 : end);
        start = end + 1;
        if (!replyLinePattern.test(line)) return breakOff("the server sent a line that is no SMTP reply");
        lines.push(line);
        if (line[3] !== "-") {
          const reply = parseReply(lines);
          lines = [];
          bytes = remainder.length - start;
          onReply(reply);
          if (broken) return;
        }
      }
      remainder = remainder.slice(start);
      if (bytes > replyBytesMax) breakOff(`the server's reply is longer than ${replyBytesMax} bytes`);
    },
  };
}
