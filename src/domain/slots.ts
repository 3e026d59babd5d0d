import type { PlainText } from "./issue.ts";

/**
 * `{{subscriber.firstName}}` or `{{subscriber.firstName|there}}`, in exactly this form. Every other brace is literal,
 * so that nothing an article title contains is ever executed.
 */
const slotSource = String.raw`\{\{(subscriber\.[A-Za-z_][A-Za-z0-9_-]{0,63})(?:\|([^{}|\r\n]{0,200}))?\}\}`;

/** The slot that begins at `offset`, if one does. */
export function slotAt(text: string, offset: number): { name: string; fallback: string | null; length: number } | null {
  const pattern = new RegExp(slotSource, "y");
  pattern.lastIndex = offset;
  const found = pattern.exec(text);
  return found ? { name: found[1] as string, fallback: found[2] ?? null, length: found[0].length } : null;
}

/** Cuts text at its slots; what lies between them is literal. */
export function parseSlots(text: string): PlainText {
  const runs: PlainText[number][] = [];
  let end = 0;
  for (const found of text.matchAll(new RegExp(slotSource, "g"))) {
    if (found.index > end) runs.push({ type: "text", text: text.slice(end, found.index) });
    runs.push({ type: "slot", name: found[1] as string, fallback: found[2] ?? null });
    end = found.index + found[0].length;
  }
  if (end < text.length) runs.push({ type: "text", text: text.slice(end) });
  return runs;
}
