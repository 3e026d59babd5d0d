import { z } from "zod";
import { eventsSchema } from "./schema-events.ts";
import { action, countMax, picture } from "./schema-parts.ts";
import { addProblem, audience, expected, fields, href, inline, line, list, prose, slotted } from "./schema-fields.ts";

const who = audience().exactOptional();

const textSchema = fields("a block of text", {
  type: z.literal("text"),
  audience: who,
  title: slotted("the heading").exactOptional(),
  text: prose("the text, in Markdown"),
}).transform(({ text, ...block }) => ({ ...block, body: text }));

const articleSchema = fields("an article", {
  type: z.literal("article"),
  audience: who,
  title: slotted("the heading"),
  picture: picture.exactOptional(),
  text: prose("two or three sentences, in Markdown"),
  action: action.exactOptional(),
}).transform(({ text, ...block }) => ({ ...block, body: text }));

/** A phone shows no more columns, and a chart no more colours. */
const columnCountMax = 8;

/** As much as one looks through in a picture; more is a table. */
const barCountMax = 40;
const pointCountMax = 120;
/** Beyond it a number is no longer exact, and nobody reads it. */
const magnitudeMax = 1e15;

const dataSchema = fields("a block of data", {
  type: z.literal("data"),
  audience: who,
  title: slotted("the heading"),
  text: prose("what the numbers mean, in Markdown").exactOptional(),
  columns: z
    .array(line("a column's name"), { error: expected("the columns' names; the first is that of the rows' names") })
    .min(2)
    .max(columnCountMax),
  rows: list(
    "a list of rows, each a list: its name, then a number a column",
    z.array(z.union([line("the row's name"), z.number().min(-magnitudeMax).max(magnitudeMax)]), {
      error: expected("a list: a name, then numbers"),
    }),
    countMax,
  ),
  unit: line("what is counted, such as tokens").exactOptional(),
  chart: z
    .enum(["bar", "line"], { error: expected("`bar` or `line`; without it there is only the table") })
    .exactOptional(),
  summary: line("what the numbers say, in a sentence; the chart's alternative text"),
  note: line("a small line below, such as the source").exactOptional(),
  action: action.exactOptional(),
}).transform(({ text = [], rows, ...block }, context) => {
  const series = block.columns.length - 1;
  const refuse = (message: string): void => addProblem(context, message, {}, ["chart"]);
  if (block.chart === "bar" && rows.length * series > barCountMax) {
    refuse(
      `A bar chart shows at most ${barCountMax} bars, these are ${rows.length * series}: leave \`chart\` out for a table alone`,
    );
  }
  if (block.chart === "line" && rows.length < 2) refuse("A line needs at least two rows: write `chart: bar`");
  if (block.chart === "line" && rows.length > pointCountMax) {
    refuse(`A line chart shows at most ${pointCountMax} rows, these are ${rows.length}: leave some out`);
  }
  return {
    ...block,
    body: text,
    rows: rows.map((row, index) => readRow(row, block.columns.length, context, ["rows", index])),
  };
});

function readRow(
  row: readonly (string | number)[],
  columnCount: number,
  context: z.RefinementCtx,
  path: PropertyKey[],
) {
  const [name, ...values] = row;
  if (typeof name !== "string") {
    addProblem(context, "A row begins with its name, as text in quotes", {}, [...path, 0]);
  }
  if (values.length !== columnCount - 1) {
    const message = `This row has ${values.length} numbers; \`columns\` asks for ${columnCount - 1} behind the name`;
    addProblem(context, message, {}, path);
  }
  for (const [index, value] of values.entries()) {
    if (typeof value === "number") continue;
    addProblem(context, `${JSON.stringify(value)} is not a number: write it without unit and quotes`, {}, [
      ...path,
      index + 1,
    ]);
  }
  return { name: String(name), values: values.map(Number) };
}

const quotationSchema = fields("a quotation", {
  type: z.literal("quotation"),
  audience: who,
  text: inline("what was said, in Markdown, without quotation marks around it"),
  by: line("who said it").exactOptional(),
});

const linksSchema = fields("a list of links", {
  type: z.literal("links"),
  audience: who,
  title: slotted("the heading").exactOptional(),
  items: list(
    "a list of links, each with its `title` and `href`",
    fields("a link: `title` and `href`", {
      title: slotted("the link's words"),
      href: href("where it leads: https://.."),
      source: line("where it was published").exactOptional(),
      text: prose("a sentence or two, in Markdown").exactOptional(),
    }).transform(({ text = [], ...item }) => ({ ...item, body: text })),
    countMax,
  ),
});

const pictureSchema = fields("a picture", { type: z.literal("picture"), audience: who, picture });
const buttonSchema = fields("a button", { type: z.literal("button"), audience: who, action });
const dividerSchema = fields("a divider", { type: z.literal("divider"), audience: who });

const signoffSchema = fields("a sign-off", {
  type: z.literal("signoff"),
  audience: who,
  text: prose("the last words, in Markdown"),
  from: line("who says them"),
}).transform(({ text, ...block }) => ({ ...block, body: text }));

export const blockSchema = z.discriminatedUnion(
  "type",
  [
    textSchema,
    articleSchema,
    eventsSchema,
    dataSchema,
    quotationSchema,
    linksSchema,
    pictureSchema,
    buttonSchema,
    dividerSchema,
    signoffSchema,
  ],
  { error: expected("a block: a group of fields, `type` first") },
);
