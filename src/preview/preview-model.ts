import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { IssueFile } from "../app/issue-files.ts";
import type { PreviewedMail } from "../app/live-preview.ts";
import type { BlockWeight } from "../app/weigh-blocks.ts";
import type { Problem } from "../lib/errors.ts";
import type { DiffLine } from "./preview-diff.ts";
import type { PreviewQuery } from "./preview-query.ts";

/** All that one page is made of. */
export interface PreviewModel {
  readonly query: PreviewQuery;
  readonly files: readonly IssueFile[];
  readonly file: IssueFile;
  readonly revision: number;
  /** What the page shows, so that a change that comes before it listens is not missed. */
  readonly state: string;
  /** The mail, or the last one that could be made. */
  readonly mail: PreviewedMail | null;
  readonly problems: readonly ShownProblem[];
  readonly weights: readonly BlockWeight[] | null;
  readonly diff: { readonly before: string; readonly lines: readonly DiffLine[] } | null;
  readonly test: TestResult | null;
  readonly inboxUrl: string;
}

export interface TestResult {
  readonly to: string;
  readonly isAccepted: boolean;
  readonly detail: string;
  /** Where the caught copy is looked at. */
  readonly href: string;
}

export interface ShownProblem extends Problem {
  /** The lines around the place, as they stand in the file now. */
  readonly lines: readonly { readonly number: number; readonly text: string; readonly isIt: boolean }[];
}

/** Lines shown before and after the one that is wrong. */
const around = 2;
const lineCharactersMax = 400;
const problemsMax = 20;

export async function withSource(
  problems: readonly Problem[],
  templatesRoot: string,
): Promise<readonly ShownProblem[]> {
  return Promise.all(
    problems
      .slice(0, problemsMax)
      .map(async (problem) => ({ ...problem, lines: await linesOf(problem, templatesRoot) })),
  );
}

async function linesOf({ place }: Problem, templatesRoot: string): Promise<ShownProblem["lines"]> {
  const line = place?.line;
  if (!place || line === undefined) return [];
  const path = isAbsolute(place.file) ? place.file : join(templatesRoot, place.file);
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return [];
  const first = Math.max(1, line - around);
  return text
    .split(/\r?\n/)
    .slice(first - 1, line + around)
    .map((content, index) => ({
      number: first + index,
      text: content.slice(0, lineCharactersMax),
      isIt: first + index === line,
    }));
}
