import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAssetStore } from "../adapters/assets/asset-store.ts";
import { resolvePictures, type DrawChart } from "../adapters/assets/resolve-pictures.ts";
import { drawChart } from "../adapters/chart/draw-chart.ts";
import { loadTemplate } from "../adapters/files/template-files.ts";
import { findAudiences } from "../digest/block-audiences.ts";
import { compileDigest, type CompileInputs } from "../digest/compile-digest.ts";
import type { Digest } from "../domain/digest.ts";
import type { Issue } from "../domain/issue.ts";
import type { SegmentExpression } from "../domain/segment.ts";
import type { Sender } from "../domain/subscriber.ts";
import { parseIssue } from "../issue/parse-issue.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import type { Config } from "./config.ts";
import { templatesRoot } from "./project.ts";

export interface CompiledIssue {
  readonly issue: Issue;
  readonly digest: Digest;
}

/** @throws InputError with every problem of the file and its place */
export async function readIssue(file: string): Promise<Issue> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new InputError({
      code: "issue-unreadable",
      message: `The issue can't be read: ${messageOf(error)}`,
      place: { file },
    });
  }
  return parseIssue(bytes, file);
}

/** Where an issue's parts are found. */
export interface CompileSources extends Pick<Config, "publicUrl" | "dataDir"> {
  /** The folder with the templates; this project's own without one. */
  readonly templatesRoot?: string;
  /** Instead of drawing each chart anew. */
  readonly drawChart?: DrawChart;
}

/** All that a digest is made of: the issue parsed, its pictures resolved, its template read. */
export async function readInputs(file: string, sender: Sender, sources: CompileSources): Promise<CompileInputs> {
  const { publicUrl } = sources;
  const issue = await readIssue(file);
  const store = createAssetStore({ dir: assetsFolder(sources), publicUrl });
  const pictures = await resolvePictures(issue, store, sources.drawChart ?? drawChart);
  const template = await loadTemplate(join(sources.templatesRoot ?? templatesRoot, issue.template));
  return { issue, template, sender, pictures, publicUrl };
}

/**
 * An issue file to its Digest: parse, resolve the pictures, compile. The one way there is: preview, test sends, the archive
 * and campaigns all come through here.
 */
export async function compileIssue(
  file: string,
  sender: Sender,
  sources: CompileSources,
  chooseVariants?: ChooseVariants,
): Promise<CompiledIssue> {
  const inputs = await readInputs(file, sender, sources);
  return { issue: inputs.issue, digest: await compileVariants(inputs, chooseVariants) };
}

/**
 * Says which combinations of an issue's audiences are compiled, by key: those that its readers really have. All of them
 * would double with each audience.
 */
export type ChooseVariants = (
  audiences: readonly SegmentExpression[],
) => readonly string[] | Promise<readonly string[]>;

/** @param chooseVariants asked where the issue has audiences; every combination without one */
export async function compileVariants(inputs: CompileInputs, chooseVariants?: ChooseVariants): Promise<Digest> {
  const audiences = findAudiences(inputs.issue.blocks);
  if (!chooseVariants || audiences.length === 0) return compileDigest(inputs);
  return compileDigest({ ...inputs, variantKeys: await chooseVariants(audiences) });
}

/** Where resized pictures wait to be served or published. */
export function assetsFolder(config: Pick<Config, "dataDir">): string {
  return join(config.dataDir, "assets");
}

/** Reads our own pictures by the addresses that mails name; `null` for any other. */
export function createPictureReader(config: Pick<Config, "publicUrl" | "dataDir">) {
  const store = createAssetStore({ dir: assetsFolder(config), publicUrl: config.publicUrl });
  const base = store.urlOf("");
  return async (url: string): Promise<{ readonly bytes: Buffer; readonly contentType: string } | null> =>
    url.startsWith(base) ? store.read(url.slice(base.length)) : null;
}
