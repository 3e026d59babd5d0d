import type { Block } from "../domain/issue.ts";
import { rendererOf, type CompileInputs } from "./compile-digest.ts";
import { viewDigest, type DigestView } from "./digest-view.ts";
import { createSlotHelpers } from "./slot-helpers.ts";
import { createSlotMarkers, type SlotMarkers } from "./slot-markers.ts";
import { createTextHelpers } from "./text-helpers.ts";

/** A field that an author filled in and that no part of the mail shows. */
export interface UnshownField {
  /** `null` for a field of the issue itself. */
  readonly block: Block | null;
  /** As it is called in an issue file: "edition", "groups.events.location". */
  readonly field: string;
  /** How its text begins. */
  readonly words: string;
}

/** The fields of a view that hold an author's own words; in prose they are texts. */
const writtenFields = new Set(
  "title text edition preheader note place by source from location speakers summary unit alt".split(" "),
);
/** What stands below one of these is prose: one field for its author. */
const proseFields = new Set(["body", "intro", "caption"]);
const wordsCharactersMax = 40;

/**
 * Runs both sources of the template once over all blocks with a mark behind every text, and looks which marks are missing.
 * What is shown twice under two names, as a chart's summary is, counts as shown.
 * @throws InputError where the template can't be run
 */
export function findUnshown(inputs: CompileInputs): readonly UnshownField[] {
  const { issue, template } = inputs;
  const markers = createSlotMarkers(JSON.stringify([issue, template.layout, template.text, [...template.partials]]));
  const view = viewDigest({ ...inputs, digestId: "", blocks: issue.blocks, markers });
  const written: (UnshownField & { readonly mark: string })[] = [];

  function mark(value: unknown, name: string, path: readonly string[], block: Block | null): unknown {
    if (Array.isArray(value)) return value.map((item) => mark(item, name, path, block));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          mark(item, key, isProse(path) ? path : [...path, key], block),
        ]),
      );
    if (typeof value !== "string" || value.trim() === "" || !writtenFields.has(name)) return value;
    const marker = `written.${written.length}`;
    written.push({ mark: marker, block, field: nameOf(path), words: wordsOf(value, markers) });
    return value + markers.mark(marker, null);
  }

  const marked = {
    ...view,
    ...(mark({ title: view.title, edition: view.edition, preheader: view.preheader }, "", [], null) as object),
    blocks: view.blocks.map((block, index) => mark(block, "", [], issue.blocks[index] as Block)),
  } as DigestView;
  const shown = findShown(inputs, marked, markers);
  const keyOf = ({ block, words }: UnshownField): string =>
    JSON.stringify([block ? issue.blocks.indexOf(block) : null, words]);
  const shownWords = new Set(written.filter((field) => shown.has(field.mark)).map(keyOf));
  const found = new Map<string, UnshownField>();
  for (const field of written) {
    // One finding for all the paragraphs, or all the events, of a block.
    const key = JSON.stringify([field.block ? issue.blocks.indexOf(field.block) : null, field.field]);
    if (!shownWords.has(keyOf(field)) && !found.has(key)) found.set(key, field);
  }
  return [...found.values()].map(({ block, field, words }) => ({ block, field, words }));
}

function findShown({ template }: CompileInputs, view: DigestView, markers: SlotMarkers): ReadonlySet<string> {
  const renderer = rendererOf(template);
  const helpers = createSlotHelpers(markers);
  const html = renderer.render("layout", view, helpers);
  const text = renderer.render("text", view, { ...helpers, ...createTextHelpers(view, markers) });
  return new Set([...markers.find(html), ...markers.find(text)].map(({ name }) => name));
}

function isProse(path: readonly string[]): boolean {
  return proseFields.has(path.at(-1) ?? "");
}

function nameOf(path: readonly string[]): string {
  return path.map((name) => (name === "body" || name === "intro" ? "text" : name)).join(".");
}

function wordsOf(value: string, markers: SlotMarkers): string {
  return (value.split(markers.pattern)[0] as string).trim().slice(0, wordsCharactersMax);
}
