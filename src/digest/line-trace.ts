import Handlebars from "handlebars";
import type { Place } from "../lib/errors.ts";

/**
 * Remembers which template line each line of the output came from, so that what MJML finds in line 412 of its input is
 * reported for `shared/block-events.mjml.hbs:17`. Works by writing a note after every line break of a template's own text.
 */
export interface LineTrace {
  /** The program with notes in its text; to be compiled in the place of the original. */
  mark(program: hbs.AST.Program, file: string): hbs.AST.Program;
  /** Takes the notes out again. */
  strip(output: string): string;
  /** The template's place for a line (from 1) of the output that `strip` got. */
  placeOf(line: number): Place | undefined;
}

const noteStart = "\u0001";
const noteEnd = "\u0002";
const note = new RegExp(`${noteStart}(\\d+):(\\d+)${noteEnd}`, "g");

export function createLineTrace(): LineTrace {
  const files: string[] = [];
  let places: (Place | undefined)[] = [];
  return {
    mark(program, file) {
      const index = files.push(file) - 1;
      const marker = new Handlebars.Visitor();
      marker.ContentStatement = (content: hbs.AST.ContentStatement) => {
        content.value = annotate(content, index);
      };
      marker.accept(program);
      return program;
    },
    strip(output) {
      const lines = output.split("\n");
      let last: Place | undefined;
      places = lines.map((line) => {
        const [first] = line.matchAll(note);
        const found = first ? { file: files[Number(first[1])] as string, line: Number(first[2]) } : last;
        // What follows on the next line may come from a value; it still belongs to the last note of this one.
        const final = [...line.matchAll(note)].at(-1);
        if (final) last = { file: files[Number(final[1])] as string, line: Number(final[2]) };
        return found;
      });
      return output.replace(note, "");
    },
    placeOf: (line) => places[line - 1],
  };
}

function annotate(content: hbs.AST.ContentStatement, file: number): string {
  const { value } = content;
  // The declared type of `original` is another node's.
  const original = content.original as unknown as string;
  // Handlebars has taken white space off the ends of `value`; what was taken in front still counts as lines.
  const skipped = original.slice(0, Math.max(0, original.indexOf(value))).split("\n").length - 1;
  let line = content.loc.start.line + skipped;
  const written = value.replace(/\n/g, () => `\n${noteStart}${file}:${++line}${noteEnd}`);
  return `${noteStart}${file}:${content.loc.start.line + skipped}${noteEnd}${written}`;
}
