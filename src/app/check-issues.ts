import { join } from "node:path";
import { createAssetStore } from "../adapters/assets/asset-store.ts";
import { resolvePictures } from "../adapters/assets/resolve-pictures.ts";
import { drawChart } from "../adapters/chart/draw-chart.ts";
import { loadTemplate } from "../adapters/files/template-files.ts";
import { checkIssue } from "../check/check-issue.ts";
import { createFinding } from "../check/create-finding.ts";
import type { Finding } from "../check/finding.ts";
import { compileDigest } from "../digest/compile-digest.ts";
import { InputError } from "../lib/errors.ts";
import { assetsFolder, readIssue } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { templatesRoot } from "./project.ts";
import { sampleSender } from "./render-issue.ts";

/** Checks issue files one after the other; a file that can't be read or compiled is a finding like any other. */
export async function checkIssues(
  files: readonly string[],
  config: Pick<Config, "publicUrl" | "dataDir">,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const file of files) findings.push(...(await checkFile(file, config)));
  return findings;
}

async function checkFile(file: string, config: Pick<Config, "publicUrl" | "dataDir">): Promise<readonly Finding[]> {
  const place = { file, line: 1, column: 1 };
  let stage: "schema" | "template" = "schema";
  try {
    const issue = await readIssue(file);
    const store = createAssetStore({ dir: assetsFolder(config), publicUrl: config.publicUrl });
    const pictures = await resolvePictures(issue, store, drawChart);
    stage = "template";
    const template = await loadTemplate(join(templatesRoot, issue.template));
    const digest = await compileDigest({
      issue,
      template,
      sender: sampleSender,
      pictures,
      publicUrl: config.publicUrl,
    });
    return checkIssue(issue, pictures, digest);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map((problem) => createFinding(stage, problem.place ?? place, problem.message, ""));
  }
}
