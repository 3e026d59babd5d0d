import { z } from "zod";
import { canonicalLanguage } from "../domain/language-tag.ts";
import { blockSchema } from "./schema-blocks.ts";
import { calendarDate, expected, fields, line, list, slotted } from "./schema-fields.ts";

/** More than anyone scrolls through. */
export const blockCountMax = 200;

const language = line("the language as BCP 47, such as en, de-AT or zh-Hant").transform((text, context) => {
  const tag = canonicalLanguage(text);
  if (tag === null) {
    context.addIssue({ code: "custom", message: "is not a language tag: write one such as en, de-AT or zh-Hant" });
  }
  return tag ?? text;
});

/** An issue as it is written: what editors complete and `parseIssue` reads. The one source of both. */
export const issueSchema = fields("an issue: fields such as `subject`, `title` and `blocks`", {
  $schema: z.string().meta({ description: "where editors find this schema" }).exactOptional(),
  template: line("a folder's name under templates/; digest when absent").exactOptional(),
  lang: language.exactOptional(),
  direction: z
    .enum(["ltr", "rtl"], { error: expected("`ltr` or `rtl`; the language's own when absent") })
    .exactOptional(),
  subject: slotted("the mail's subject"),
  preheader: slotted("the line that inboxes show after the subject"),
  title: slotted("the newsletter's name, at its head"),
  edition: line('which edition this is, such as "No. 12" or "May 2024"').exactOptional(),
  date: calendarDate("the edition's date, such as 2024-05-31"),
  blocks: z.array(blockSchema, { error: expected("a list of blocks, each with its `type`") }).max(blockCountMax),
  silenced: list(
    "a list of findings not to report, each with its `rule` and `reason`",
    fields("a silenced finding: `rule` and `reason`", {
      rule: line("the finding's rule, as `check` prints it"),
      reason: line("why it is right in this issue"),
    }),
    blockCountMax,
  ).exactOptional(),
});
