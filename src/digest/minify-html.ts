/**
 * Makes a mail's HTML smaller without changing what any client shows: white space that no client draws, ordinary comments,
 * empty attributes. Outlook's conditional comments, `pre` and the style rules keep their meaning; MJML's own minifier
 * (htmlnano) rewrites colours and drops rules that only Outlook.com and dark mode read.
 */
export function minifyHtml(html: string): string {
  return (
    html
      .split(kept)
      .map((piece, index) => (index % 2 === 0 ? minifyMarkup(piece) : minifyKept(piece)))
      .join("")
      // Handlebars writes these as entities for attributes without quotes; ours have quotes, and simple link readers of spam
      // filters take `?a&#x3D;1` for another address.
      .replace(/&#x(?:3D|60);/g, (entity) => (entity === "&#x3D;" ? "=" : "`"))
      .trim()
  );
}

/** What is left out of the collapsing of white space: preformatted text and style elements. */
const kept = /(<pre\b[\s\S]*?<\/pre>|<style\b[\s\S]*?<\/style>)/;

/** White space as HTML means it: a no-break or an ideographic space is a letter like any other. */
const white = /[ \t\n\r\f]+/g;

const tagOrWhite = /<[a-z][^\s<>]*(?:"[^"]*"|[^"<>])*>|[ \t\n\r\f]+/gi;

/** Tags around which white space is never drawn. */
const blockTag =
  "(?:html|head|body|meta|title|link|base|style|table|thead|tbody|tfoot|tr|td|th|caption|div|p|h[1-6]|ul|ol|li|blockquote|pre|hr|center|noscript|xml|o:[A-Za-z]+|v:[a-z]+|!doctype)";

const beforeBlock = new RegExp(`[ \\n]+(?=</?${blockTag}\\b)`, "gi");
const afterBlock = new RegExp(`(</?${blockTag}(?:"[^"]*"|[^">])*>)[ \\n]+`, "gi");

function minifyMarkup(markup: string): string {
  return markup
    .replace(/<!--(?!\[if|<!\[endif)(?:(?!<!\[endif)[\s\S])*?-->/g, "")
    .replace(tagOrWhite, (piece) => (piece.startsWith("<") ? minifyTag(piece) : " "))
    .replace(beforeBlock, "")
    .replace(afterBlock, "$1")
    .replace(/(<!--\[if [^\]]*\]>(?:<!-->)?|(?:<!--)?<!\[endif\]-->) (?=<)/g, "$1")
    .replace(/> (?=(?:<!--)?<!\[endif\]-->|<!--\[if )/g, ">");
}

/** One tag: single spaces between attributes, no empty `style` and `class`, no spaces inside a style's declarations. */
function minifyTag(tag: string): string {
  return tag
    .replace(/"[^"]*"|[ \t\n\r\f]+/g, (piece) => (piece.startsWith('"') ? piece : " "))
    .replace(/ (?:style|class)=" *"/g, "")
    .replace(/ style="([^"]*)"/g, (_, style: string) => ` style="${minifyDeclarations(style)}"`)
    .replace(/ ?(\/?)>$/, "$1>");
}

function minifyDeclarations(style: string): string {
  return style
    .replace(white, " ")
    .replace(/ ?; ?/g, ";")
    .replace(/(^|;)([a-z-]+) ?: ?/gi, "$1$2:")
    .replace(/;+$/, "")
    .trim();
}

function minifyKept(piece: string): string {
  if (!piece.startsWith("<style")) return piece;
  return piece
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(white, " ")
    .replace(/ ?([{};]) ?/g, "$1")
    .replace(/;}/g, "}")
    .replace(/> /, ">")
    .replace(/ </, "<");
}
