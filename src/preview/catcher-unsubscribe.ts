/**
 * Leaving a list from the inbox (RFC 2369, RFC 8058): what the header offers, and one of our own pages tried for real.
 * Nothing is ever asked of a foreign server.
 */
import type { MailContent } from "../domain/caught-mail.ts";
import { tokenPaths } from "../domain/token.ts";
import { messageOf } from "../lib/errors.ts";

export interface UnsubscribeWay {
  readonly kind: "one-click" | "link" | "mailto" | "page";
  readonly url: string;
}

export interface UnsubscribeOffer {
  /** The header's value; `null` where the mail has none. */
  readonly header: string | null;
  readonly postHeader: string | null;
  readonly ways: readonly UnsubscribeWay[];
  /** What the button asks: the one-click URL, else our own page linked in the mail; `null` where neither is ours. */
  readonly tryUrl: string | null;
}

export interface UnsubscribeAnswer {
  readonly url: string;
  /** `null` when no answer came. */
  readonly status: number | null;
  /** What it said, or why there was no answer; at most 2,000 characters. */
  readonly text: string;
  /** RFC 8058 section 3.1: 2xx, and no redirect. */
  readonly isGood: boolean;
}

const tryMs = 10_000;
const answerBytesMax = 64 * 1024;
const answerCharactersMax = 2_000;
const waysMax = 10;

/** @param ownOrigins `https://news.example.com`, without a path */
export function readUnsubscribe(content: MailContent, ownOrigins: readonly string[]): UnsubscribeOffer {
  const header = fieldOf(content, "list-unsubscribe");
  const postHeader = fieldOf(content, "list-unsubscribe-post");
  const isOneClick = postHeader?.trim() === "List-Unsubscribe=One-Click";
  const ways: UnsubscribeWay[] = [...(header ?? "").matchAll(/<\s*([^>\s]{1,2000})\s*>/g)]
    .slice(0, waysMax)
    .map((match) => {
      const url = match[1] as string;
      if (/^mailto:/i.test(url)) return { kind: "mailto", url };
      return { kind: isOneClick && /^https?:/i.test(url) ? "one-click" : "link", url };
    });
  const page = findLeavePage(content, ownOrigins);
  if (page !== undefined && !ways.some(({ url }) => url === page)) ways.push({ kind: "page", url: page });
  const oneClick = ways.find(({ kind, url }) => kind === "one-click" && isOwn(url, ownOrigins));
  return { header, postHeader, ways, tryUrl: oneClick?.url ?? page ?? null };
}

/**
 * POSTs what a mail program would (RFC 8058 section 3.2), without cookies, following no redirect.
 * `url` must be the offer's own `tryUrl`.
 */
export async function tryUnsubscribe(url: string): Promise<UnsubscribeAnswer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "List-Unsubscribe=One-Click",
      redirect: "manual",
      signal: AbortSignal.timeout(tryMs),
    });
    const text = response.status >= 300 && response.status < 400 ? redirected(response) : await readStart(response);
    return { url, status: response.status, text, isGood: response.ok };
  } catch (error) {
    const cause = error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error);
    return { url, status: null, text: `No answer: ${cause}`, isGood: false };
  }
}

function redirected(response: Response): string {
  return `It redirects to ${response.headers.get("location") ?? "nowhere"}. RFC 8058 section 3.1 forbids that: a mail program does not follow.`;
}

/** The page's words without its tags, cut. */
async function readStart(response: Response): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > answerBytesMax) break;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const words = text.replace(/<(style|script|head)\b.*?<\/\1>/gis, " ").replace(/<[^>]*>/g, " ");
  return words.replace(/\s+/g, " ").trim().slice(0, answerCharactersMax);
}

/** The link in the mail that leads to our own page for leaving. */
function findLeavePage(content: MailContent, ownOrigins: readonly string[]): string | undefined {
  const text = `${content.html ?? ""}\n${content.text ?? ""}`;
  for (const match of text.matchAll(/https?:\/\/[^\s"'<>()]{1,1000}/gi)) {
    const url = match[0].replaceAll("&amp;", "&");
    if (isOwn(url, ownOrigins) && new URL(url).pathname.startsWith(tokenPaths.unsubscribe)) return url;
  }
  return undefined;
}

function isOwn(url: string, ownOrigins: readonly string[]): boolean {
  return URL.canParse(url) && ownOrigins.includes(new URL(url).origin);
}

function fieldOf(content: MailContent, name: string): string | null {
  return content.fields.find((field) => field.name.toLowerCase() === name)?.value ?? null;
}
