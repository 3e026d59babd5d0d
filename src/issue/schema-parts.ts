import { z } from "zod";
import type { Picture } from "../domain/issue.ts";
import { fields, href, inline, line, pictureSource } from "./schema-fields.ts";

/** Groups, events, links, rows ..: more than anyone scrolls through. */
export const countMax = 200;

export const action = fields("an action: `text` and `href`", {
  text: line('what the button or link says, such as "Save a seat"'),
  href: href("where it leads: https://.."),
}).meta({ id: "action" });

/** Wider or higher is no picture for a mail; bounds what a remote one can claim. */
const sideMax = 10_000;

const altHelp = 'what the picture shows, for those who don\'t see it; "" if it is mere decoration';

export const picture = fields("a picture: `src` and `alt`", {
  src: pictureSource("the picture's path from the issue's folder, or its https address"),
  alt: z
    .string({
      error: (issue) =>
        issue.input === undefined ? `is missing: write ${altHelp}` : `is not a text: write ${altHelp}`,
    })
    .trim()
    .max(1_000)
    .meta({ description: altHelp }),
  caption: inline("a line below the picture, in Markdown").exactOptional(),
  href: href("where a click on it leads").exactOptional(),
  width: z.int().min(1).max(sideMax).meta({ description: "a remote picture's own width in pixels" }).exactOptional(),
  height: z.int().min(1).max(sideMax).meta({ description: "a remote picture's own height in pixels" }).exactOptional(),
}).transform((written, context): Picture => {
  if ((written.width === undefined) !== (written.height === undefined)) {
    context.addIssue({ code: "custom", message: "Write both `width` and `height` of a picture, or neither" });
  }
  return written;
});
