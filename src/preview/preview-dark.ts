/**
 * How a mail looks in a dark inbox. `light` and `dark` are what the mail itself asks for; `forced` is an approximation of
 * what Gmail on iPhones and Outlook do to mails without asking: every colour keeps its hue, and light becomes dark. They
 * differ in details (Gmail on Android leaves what is dark already), and none of them says how; see docs/preview.md.
 */
import type { Scheme } from "./preview-query.ts";

export function applyScheme(html: string, scheme: Scheme): string {
  const settled = settleQueries(html, scheme === "dark");
  const coloured = scheme === "forced" ? invertColours(settled) : settled;
  const canvas =
    scheme === "forced"
      ? ":root{color-scheme:only light!important;background:#121212;color:#fff}"
      : `:root{color-scheme:only ${scheme}!important}`;
  return coloured.replace(/<\/head>|$/i, (end) => `<style>${canvas}</style>${end}`);
}

/** The frame's own setting decides, not the developer's machine. Gmail knows no such query, so forced takes the light one. */
function settleQueries(html: string, isDark: boolean): string {
  return html
    .replace(
      /@media([^{};]{0,200})\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi,
      (_, before: string, asked: string) => {
        const holds = (asked.toLowerCase() === "dark") === isDark;
        return `@media${before}${holds ? "(min-width:0)" : "(max-width:0)"}`;
      },
    )
    .replace(/<meta\s[^>]*name="(?:color-scheme|supported-color-schemes)"[^>]*>/gi, "");
}

/** Colours in style elements, style attributes and the old attributes that mails still need. */
function invertColours(html: string): string {
  return html
    .replace(
      /(<style\b[^>]*>)([\s\S]*?)(<\/style>)/gi,
      (_, open: string, css: string, close: string) => open + invertCss(css) + close,
    )
    .replace(/(\sstyle=")([^"]*)(")/gi, (_, open: string, css: string, close: string) => open + invertCss(css) + close)
    .replace(
      /(\s(?:bgcolor|color)=")(#[0-9a-f]{3,6}|white|black)(")/gi,
      (_, open: string, colour: string, close: string) => open + invertColour(colour) + close,
    );
}

function invertCss(css: string): string {
  return css.replace(
    /((?:^|[;{\s])(?:background(?:-color)?|color|border(?:-[a-z]+){0,2})\s*:)([^;}]*)/gi,
    (_, name: string, value: string) =>
      name + value.replace(/#[0-9a-f]{3,8}\b|rgba?\([^)]*\)|\b(?:white|black)\b/gi, invertColour),
  );
}

function invertColour(text: string): string {
  const colour = parseColour(text);
  if (!colour) return text;
  const { red, green, blue, alpha } = colour;
  // HSL's lightness turned round leaves hue and saturation alone: the least and the greatest change places around 255.
  const shift = 255 - Math.max(red, green, blue) - Math.min(red, green, blue);
  const turned = [red, green, blue].map((part) => Math.min(255, Math.max(0, Math.round(soften(part + shift)))));
  return alpha === 1 ? `rgb(${turned.join(",")})` : `rgba(${turned.join(",")},${alpha})`;
}

/** Dark inboxes are not black. */
function soften(part: number): number {
  return 18 + (part * 237) / 255;
}

function parseColour(text: string): { red: number; green: number; blue: number; alpha: number } | null {
  const lower = text.toLowerCase();
  const hex = lower === "white" ? "fff" : lower === "black" ? "000" : /^#([0-9a-f]+)$/.exec(lower)?.[1];
  if (hex !== undefined) {
    const long = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join("") : hex;
    if (long.length !== 6 && long.length !== 8) return null;
    const part = (index: number): number => Number.parseInt(long.slice(index * 2, index * 2 + 2), 16);
    return { red: part(0), green: part(1), blue: part(2), alpha: long.length === 8 ? part(3) / 255 : 1 };
  }
  const numbers = /^rgba?\(([^)]*)\)$/
    .exec(lower)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (!numbers || numbers.length < 3 || numbers.some(Number.isNaN)) return null;
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
  return { red, green, blue, alpha };
}
