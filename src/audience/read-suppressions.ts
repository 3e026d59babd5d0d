import {
  type NewSuppression,
  readSuppressionKey,
  type SuppressionReason,
  suppressionReasons,
} from "../domain/suppression.ts";
import { InputError, type Problem } from "../lib/errors.ts";
import { meaningOf } from "./column-names.ts";
import { decodeCsv } from "./decode-csv.ts";
import { readCsv } from "./read-csv.ts";

export interface SuppressionFile {
  /** Names the file in messages, and in each suppression where it came from. */
  readonly file: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Told of each line that names no address: such a person can't be mailed anyway. */
  readonly onProblem?: (problem: Problem) => void;
}

/** Other names of the column beside those that mean an address. */
const keyNames = new Set(["address", "key", "domain", "recipient"]);

/**
 * Reads addresses, whole domains (`@example.com`) and hashes that must not be mailed: the file of our own export, that of
 * another sender, or a plain list with one in each line. Reasons that we know are kept.
 * @throws InputError with the place, when the file as a whole can't be used
 */
export async function* readSuppressions(given: SuppressionFile): AsyncGenerator<readonly NewSuppression[]> {
  const { file } = given;
  let layout: Layout | null = null;
  for await (const { records } of readCsv(decodeCsv(given.bytes, file), file)) {
    let body = records;
    const [first] = records;
    if (layout === null && first !== undefined) {
      layout = readLayout(first.fields, file, first.line);
      if (layout.hasHeader) body = records.slice(1);
    }
    const entries: NewSuppression[] = [];
    for (const { line, fields } of body) {
      const read = readEntry(fields, layout as Layout, file);
      if ("problem" in read)
        given.onProblem?.({ code: "suppression-line", message: read.problem, place: { file, line } });
      else entries.push(read);
    }
    yield entries;
  }
}

interface Layout {
  readonly hasHeader: boolean;
  readonly key: number;
  readonly reason: number;
  readonly provisional: number;
}

function readLayout(fields: readonly string[], file: string, line: number): Layout {
  const headers = fields.map((text) => text.trim().toLowerCase());
  const named = { reason: headers.indexOf("reason"), provisional: headers.indexOf("provisional") };
  const byMeaning = headers.findIndex((header) => meaningOf(header) === "email");
  const key = byMeaning === -1 ? headers.findIndex((header) => keyNames.has(header)) : byMeaning;
  if (key !== -1) return { hasHeader: true, key, ...named };
  const address = fields.findIndex((text) => "key" in readSuppressionKey(text));
  if (address !== -1) return { hasHeader: false, key: address, reason: -1, provisional: -1 };
  const message = `The first line names no column "address" and holds no address: ${fields.map((text) => JSON.stringify(text)).join(", ")}`;
  throw new InputError({ code: "csv-header", message, place: { file, line } });
}

function readEntry(
  fields: readonly string[],
  layout: Layout,
  file: string,
): NewSuppression | { readonly problem: string } {
  const read = readSuppressionKey(fields[layout.key] ?? "");
  if ("problem" in read) return read;
  const { key } = read;
  // Only a hash says that somebody was erased; an address that says so would name them.
  const reason: SuppressionReason = key.startsWith("#") ? "erased" : readReason(fields[layout.reason] ?? "");
  return { key, reason, source: file, provisional: fields[layout.provisional]?.trim().toLowerCase() === "true" };
}

/** What Amazon SES, Postmark and others write in their exports, with letters alone. */
const foreignReasons: Readonly<Record<string, SuppressionReason>> = {
  bounce: "hard-bounce",
  bounced: "hard-bounce",
  hardbounce: "hard-bounce",
  hardbounced: "hard-bounce",
  spam: "complaint",
  spamcomplaint: "complaint",
  spamreport: "complaint",
  abuse: "complaint",
  manualsuppression: "manual",
};

function readReason(text: string): SuppressionReason {
  const reason = text.trim().toLowerCase();
  if ((suppressionReasons as readonly string[]).includes(reason) && reason !== "erased")
    return reason as SuppressionReason;
  return foreignReasons[reason.replace(/[^a-z]/g, "")] ?? "imported";
}
