import type { Template, Theme, ThemeValue } from "../domain/template.ts";
import { createFinding } from "./create-finding.ts";
import type { Finding } from "./finding.ts";

/** WCAG 2.2, 1.4.3: text of usual size. */
const contrastMin = 4.5;

/** Which text stands on which ground in the built-in templates and those that share their partials. */
const pairs: readonly (readonly [text: string, ground: string])[] = [
  ["ink", "card"],
  ["ink", "ground"],
  ["ink", "surface"],
  ["mute", "card"],
  ["mute", "ground"],
  ["accent", "card"],
  ["accent", "tint"],
  ["onAccent", "accent"],
];

export function checkContrast(template: Template): readonly Finding[] {
  return ["light", "dark"].flatMap((scheme) => {
    const colours = template.theme[scheme];
    if (!isTheme(colours)) return [];
    return pairs.flatMap(([text, ground]) => {
      const [front, back] = [luminanceOf(colours[text]), luminanceOf(colours[ground])];
      if (front === null || back === null) return [];
      const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
      if (contrast >= contrastMin) return [];
      const place = { file: `templates/${template.name}/template.yaml` };
      const message = `In the ${scheme}, ${text} ${String(colours[text])} on ${ground} ${String(colours[ground])} has a contrast of ${contrast.toFixed(1)}:1; ${contrastMin}:1 is needed.`;
      return [
        createFinding("contrast", place, message, "Make one of them darker or lighter, here or in shared/theme.yaml."),
      ];
    });
  });
}

function isTheme(value: ThemeValue | undefined): value is Theme {
  return typeof value === "object";
}

/** WCAG's relative luminance of `#rrggbb`; `null` for anything else. */
function luminanceOf(value: ThemeValue | undefined): number | null {
  const hex = typeof value === "string" ? /^#([0-9a-f]{6})$/i.exec(value)?.[1] : undefined;
  if (hex === undefined) return null;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((start) => {
    const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
