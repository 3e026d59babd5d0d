import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAssetStore } from "../adapters/assets/asset-store.ts";
import { resolvePictures } from "../adapters/assets/resolve-pictures.ts";
import { drawChart } from "../adapters/chart/draw-chart.ts";
import { loadTemplate } from "../adapters/files/template-files.ts";
import { compileDigest } from "../digest/compile-digest.ts";
import type { Digest } from "../domain/digest.ts";
import type { Issue } from "../domain/issue.ts";
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

/**
 * An issue file to its Digest: parse, resolve the pictures, compile. The one way there is: preview, test sends, the archive
 * and campaigns all come through here.
 */
export async function compileIssue(
  file: string,
  sender: Sender,
  config: Pick<Config, "publicUrl" | "dataDir">,
): Promise<CompiledIssue> {
  const issue = await readIssue(file);
  const store = createAssetStore({ dir: assetsFolder(config), publicUrl: config.publicUrl });
  const pictures = await resolvePictures(issue, store, drawChart);
  const template = await loadTemplate(join(templatesRoot, issue.template));
  return { issue, digest: await compileDigest({ issue, template, sender, pictures, publicUrl: config.publicUrl }) };
}

/** Where resized pictures wait to be served or published. */
export function assetsFolder(config: Pick<Config, "dataDir">): string {
  return join(config.dataDir, "assets");
}
