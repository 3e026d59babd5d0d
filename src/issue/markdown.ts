import MarkdownIt from "markdown-it";
import { slotAt } from "../domain/slots.ts";

/** How readers of Markdown hand back what is wrong. */
export interface Report {
  /**
   * @param message what is wrong and what would be right, as a sentence
   * @param near a piece of the text, to find its place by
   * @param line the line it stands in, counted from 0, where known
   */
  (message: string, near?: string | null, line?: number): void;
}

/** CommonMark without HTML, with recipient slots. Links are checked by us, so that a bad one is named, not left as text. */
export const markdown = createMarkdown();

function createMarkdown() {
  const parser = new MarkdownIt({ html: false, linkify: true });
  parser.disable("strikethrough");
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  parser.validateLink = () => true;
  parser.normalizeLink = (url) => url;
  parser.normalizeLinkText = (url) => url;
  // Before escapes and emphasis, so that a fallback's own signs stay what they are.
  parser.inline.ruler.before("escape", "slot", (state, silent) => {
    const slot = state.src.startsWith("{{", state.pos) ? slotAt(state.src, state.pos) : null;
    if (!slot) return false;
    if (!silent) {
      const token = state.push("slot", "", 0);
      token.content = slot.name;
      token.meta = { fallback: slot.fallback };
    }
    state.pos += slot.length;
    return true;
  });
  return parser;
}
