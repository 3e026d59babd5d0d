import { basename, dirname, extname } from "node:path";
import type { Block, Event, EventsBlock, Issue } from "../domain/issue.ts";
import { InputError, type Place, type Problem } from "../lib/errors.ts";
import { decodeText } from "./decode-text.ts";
import { describeProblems } from "./describe-problem.ts";
import { readMarkdown, type MarkdownIssue } from "./read-markdown.ts";
import { readYaml } from "./read-yaml.ts";
import { blockCountMax, issueSchema } from "./schema.ts";

/** A person repairs some, and runs `check` again. */
const problemCountMax = 100;

/**
 * Reads an issue from a `.yaml`, `.yml`, `.json` or `.md` file. Content is data: nothing in it is ever executed.
 * @param file the name as given on the command line: its ending decides the format, and it names places
 * @throws InputError with all problems at once, each with line and column, in the order of the file.
 */
export function parseIssue(bytes: Buffer, file: string): Issue {
  const slug = readSlug(file);
  const text = decodeText(bytes, file);
  const body = extname(file).toLowerCase() === ".md" ? readMarkdown(text, file) : null;
  const source = body ? body.source : readYaml(text, file);
  if (extname(file).toLowerCase() === ".json") refuseOtherThanJson(text, file);
  const problems: Problem[] = [...(body?.problems ?? [])];

  const parsed = issueSchema.safeParse(withBody(source.value, body), { reportInput: true });
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap((issue) => describeProblems(issue, source)));
  if (problems.length > 0 || !parsed.success) throw new InputError(inFileOrder(problems).slice(0, problemCountMax));

  const { $schema: _, template = "digest", lang = "en", direction, silenced = [], ...written } = parsed.data;
  const listed = written.blocks.map((block, index) => ({ ...block, place: source.locate(["blocks", index]) }));
  const blocks = numberEvents([...(body?.blocks ?? []), ...(listed as readonly BlockDraft[])]);
  if (blocks.length === 0) {
    const message = "The issue has no blocks: write at least one, such as a block of type `text`";
    throw new InputError({ code: "issue-field-missing", message, place: source.locate(["blocks"]) });
  }
  if (blocks.length > blockCountMax) {
    const message = `The issue has ${blocks.length} blocks; at most ${blockCountMax}`;
    throw new InputError({ code: "issue-field-value", message, place: (blocks[blockCountMax] as Block).place });
  }
  return {
    ...written,
    slug,
    file,
    folder: dirname(file),
    template,
    lang,
    direction: direction ?? directionOf(lang),
    blocks,
    silenced,
  };
}

/** A block whose events have no numbers yet. */
type BlockDraft =
  | Exclude<Block, EventsBlock>
  | (Omit<EventsBlock, "groups"> & { readonly groups: readonly GroupDraft[] });
type GroupDraft = Omit<EventsBlock["groups"][number], "events"> & { readonly events: readonly Omit<Event, "index">[] };

function numberEvents(blocks: readonly BlockDraft[]): Block[] {
  let index = 0;
  return blocks.map((block) => {
    if (block.type !== "events") return block;
    const groups = block.groups.map((group) => ({
      ...group,
      events: group.events.map((event) => ({ ...event, index: index++ })),
    }));
    return { ...block, groups };
  });
}

/** A Markdown issue may take its title from its first heading, and needs no blocks beside its body. */
function withBody(value: unknown, body: MarkdownIssue | null): unknown {
  if (!body || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return { ...(body.title === null ? {} : { title: body.title }), blocks: [], ...value };
}

const endings = [".yaml", ".yml", ".json", ".md"];

function readSlug(file: string): string {
  const place: Place = { file };
  const ending = extname(file);
  if (!endings.includes(ending.toLowerCase())) {
    const message = `An issue is a file that ends in ${endings.join(", ")}, not in ${ending || "nothing"}`;
    throw new InputError({ code: "issue-file-name", message, place });
  }
  const slug = basename(file, ending);
  if (!/^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]{0,119}$/u.test(slug)) {
    const message =
      "An issue's file name becomes part of addresses: use letters, digits, `-`, `_` and `.`, such as 2024-05-news";
    throw new InputError({ code: "issue-file-name", message, place });
  }
  return slug;
}

/** The YAML reader takes more than JSON; other programs that read the file would not. */
function refuseOtherThanJson(text: string, file: string): void {
  try {
    JSON.parse(text);
  } catch (thrown) {
    const offset = Number(/at position (\d+)/.exec(String(thrown))?.[1] ?? 0);
    const before = text.slice(0, offset).split("\n");
    const place = { file, line: before.length, column: (before.at(-1) as string).length + 1 };
    const message = `This is not valid JSON: ${(thrown as SyntaxError).message.slice(0, 200)}`;
    throw new InputError({ code: "issue-syntax", message, place }, { cause: thrown });
  }
}

const rightToLeftScripts = new Set(["Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"]);

function directionOf(lang: string): "ltr" | "rtl" {
  return rightToLeftScripts.has(new Intl.Locale(lang).maximize().script ?? "") ? "rtl" : "ltr";
}

function inFileOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .filter(({ message, place }) => {
      const key = `${place?.line}:${place?.column}:${message}`;
      return !seen.has(key) && seen.add(key);
    })
    .toSorted((a, b) => lineOf(a) - lineOf(b) || (a.place?.column ?? 0) - (b.place?.column ?? 0));
}

function lineOf(problem: Problem): number {
  return problem.place?.line ?? 0;
}
