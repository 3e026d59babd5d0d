import type { SlotContext, SlottedText } from "../domain/slotted-text.ts";
import { InputError } from "../lib/errors.ts";
import type { MarkerPosition, SlotMarkers } from "./slot-markers.ts";

/** Attributes whose value is an address: what stands inside one is percent-encoded as well. */
const addressAttributes = new Set(["href", "src", "action", "background", "cite", "longdesc", "poster"]);

/**
 * Cuts finished HTML at its slots and says for each how its value must be escaped: between tags (`html`), in a quoted
 * attribute or as a whole address (`attribute`), or as a piece of an address (`url`).
 * @throws InputError where no escaping would help: in styles, comments, tag names, and where a recipient's own value
 *   would be the address's scheme
 */
export function splitHtml(html: string, markers: SlotMarkers): SlottedText {
  return markers.split(html, (position) => contextOf(html, position));
}

function contextOf(html: string, position: MarkerPosition): SlotContext {
  const before = html.slice(0, position.start);
  const refuse = (where: string): never => {
    const message = `The slot {{${position.name}}} stands ${where}, where no value can be made safe; move it into text.`;
    throw new InputError({ code: "template-slot", message });
  };
  if (before.lastIndexOf("<style") > before.lastIndexOf("</style")) return refuse("in a style element");
  if (before.lastIndexOf("<script") > before.lastIndexOf("</script")) return refuse("in a script");
  if (isInComment(before)) return refuse("in a comment");
  const tag = openTag(before);
  if (tag === null) return "html";
  const attribute = /\s([^\s"'<>/=]+)\s*=\s*"([^"]*)$/.exec(tag);
  if (!attribute) return refuse("inside a tag without quotes around it");
  const [, name = "", value = ""] = attribute;
  if (name.startsWith("on") || name === "style" || name === "srcset") return refuse(`in the attribute "${name}"`);
  if (!addressAttributes.has(name)) return "attribute";
  if (position.name.startsWith("link.")) return "attribute";
  return value === "" ? refuse(`at the start of the attribute "${name}"`) : "url";
}

/** Outlook's conditional comments hold tags that count; any other comment is only a comment. */
function isInComment(before: string): boolean {
  const start = before.lastIndexOf("<!--");
  if (start < 0 || before.indexOf("-->", start) >= 0) return false;
  return !before.startsWith("<!--[if", start);
}

/** The text of the tag that is still open at the end of `before`, or null between tags. Values are quoted with `"`. */
function openTag(before: string): string | null {
  // A literal `<` is an entity both in text and in values, so the last one opens a tag.
  const start = before.lastIndexOf("<");
  if (start < 0) return null;
  const tag = before.slice(start);
  const outsideQuotes = tag.replace(/"[^"]*"/g, "").replace(/"[^"]*$/, "");
  return outsideQuotes.includes(">") ? null : tag;
}
