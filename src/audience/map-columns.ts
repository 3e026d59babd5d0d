import { isAddressProblem, parseAddress } from "../domain/address.ts";
import { InputError, type Problem } from "../lib/errors.ts";
import { attributeNameOf, columnMeanings, type ColumnMeaning, meaningOf } from "./column-names.ts";

/** What is done with one column. */
export type Column =
  | { readonly type: Exclude<ColumnMeaning, "firstName" | "lastName">; readonly header: string }
  | { readonly type: "attribute"; readonly header: string; readonly name: string }
  | { readonly type: "ignored"; readonly header: string };

export interface ColumnOptions {
  /** By meaning, or by attribute name: the header of its column. `{ email: "Kontakt" }` */
  readonly map?: Readonly<Record<string, string>>;
  /** Headers of columns that are left out. */
  readonly ignore?: readonly string[];
}

/** First words of the columns that a rejects file adds; a mended rejects file is imported as it is. */
export const rejectsColumns = ["rejected_line", "rejected_what", "rejected_reason"] as const;
/** Columns of our own export that say what was, not what shall be. */
const exportColumns: readonly string[] = ["joined"];
const headerCharactersMax = 200;

/**
 * Decides what each column means: by `map`, else by its name in several languages, else it is an attribute.
 * @throws InputError `csv-header` naming every trouble
 */
export function mapColumns(
  header: readonly string[],
  options: ColumnOptions,
  file: string,
  line: number,
): readonly Column[] {
  const problems: Problem[] = [];
  const report = (message: string) => problems.push({ code: "csv-header", message, place: { file, line } });
  const headers = header.map((text) => text.trim().normalize("NFC"));
  refuseData(headers, report);
  const chosen = readMap(headers, options.map ?? {}, report);
  for (const name of options.ignore ?? []) if (!headers.includes(name)) report(unknownColumn(name, headers));
  if (problems.length > 0) throw new InputError(problems);

  const ignored = new Set<string>([...(options.ignore ?? []), ...rejectsColumns, ...exportColumns, ""]);
  const taken = new Map<string, string>();
  const isFirst = (header: string, target: string) =>
    (taken.get(target) ?? taken.set(target, header).get(target)) === header;
  for (const [header, target] of chosen) taken.set(target, header);
  const guesses = guessMeanings(headers, chosen, ignored, report);
  const columns = headers.map((header): Column => {
    const target =
      chosen.get(header) ?? (ignored.has(header) ? null : (guesses.get(header) ?? attributeNameOf(header)));
    if (target === null) return { type: "ignored", header };
    if (!isFirst(header, target))
      report(
        `The columns ${quote(taken.get(target) as string)} and ${quote(header)} both give ${target}; rename one or leave one out`,
      );
    if (isMeaning(target) && target !== "firstName" && target !== "lastName") return { type: target, header };
    return { type: "attribute", header, name: target };
  });
  if (!columns.some(({ type }) => type === "email") && problems.length === 0) {
    report(
      `No column holds the address. Name it "email", or say which it is (--map email=COLUMN): ${headers.map(quote).join(", ")}`,
    );
  }
  if (problems.length > 0) throw new InputError(problems);
  return columns;
}

/** A file without a header would lose its first person and name its columns after them. */
function refuseData(headers: readonly string[], report: (message: string) => void): void {
  const address = headers.find((text) => !isAddressProblem(parseAddress(text)));
  if (address !== undefined) {
    report(
      `The header is missing: the first line must name the columns, such as email,firstName, and this one holds ${quote(address)}`,
    );
    return;
  }
  const long = headers.find((text) => text.length > headerCharactersMax);
  if (long !== undefined) report(`A column's name has ${long.length} characters; ${headerCharactersMax} are allowed`);
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  const broken = headers.find((text) => /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text));
  if (broken !== undefined)
    report(`The column ${quote(broken)} has a line break or another control character in its name`);
  const twice = headers.find((text, index) => text !== "" && headers.indexOf(text) !== index);
  if (twice !== undefined) report(`Two columns are named ${quote(twice)}; rename one`);
}

/** Header to target. */
function readMap(headers: readonly string[], map: Readonly<Record<string, string>>, report: (message: string) => void) {
  const chosen = new Map<string, string>();
  for (const [target, header] of Object.entries(map)) {
    if (!headers.includes(header)) report(unknownColumn(header, headers));
    if (chosen.has(header)) report(`The column ${quote(header)} is mapped twice`);
    if (!isMeaning(target) && attributeNameOf(target) !== target) {
      report(
        `${quote(target)} can't be an attribute's name; begin with a letter and use letters and digits, such as ${quote(attributeNameOf(target))}`,
      );
    }
    chosen.set(header, target);
  }
  return chosen;
}

/** Header to meaning, for those that nobody mapped. The plain name wins; two guesses for the address are refused. */
function guessMeanings(
  headers: readonly string[],
  chosen: ReadonlyMap<string, string>,
  ignored: ReadonlySet<string>,
  report: (message: string) => void,
): ReadonlyMap<string, ColumnMeaning> {
  const guesses = new Map<string, ColumnMeaning>();
  const mapped = new Set(chosen.values());
  for (const meaning of columnMeanings) {
    if (mapped.has(meaning)) continue;
    const candidates = headers.filter(
      (header) => !chosen.has(header) && !ignored.has(header) && meaningOf(header) === meaning,
    );
    const exact = candidates.find((header) => header === meaning);
    if (meaning === "email" && candidates.length > 1 && exact === undefined) {
      report(
        `Several columns may hold the address: ${candidates.map(quote).join(", ")}. Say which (--map email=COLUMN)`,
      );
    }
    const best = exact ?? candidates[0];
    if (best !== undefined) guesses.set(best, meaning);
  }
  return guesses;
}

function unknownColumn(header: string, headers: readonly string[]): string {
  return `There is no column ${quote(header)}; there are ${headers.map(quote).join(", ")}`;
}

function isMeaning(text: string): text is ColumnMeaning {
  return (columnMeanings as readonly string[]).includes(text);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
