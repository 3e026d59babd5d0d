import { createAssetStore, publishAssets } from "../adapters/assets/asset-store.ts";
import { messageOf, UnavailableError } from "../lib/errors.ts";
import { assetsFolder, readInputs } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { sampleSender } from "./render-issue.ts";

export interface PublishedPictures {
  readonly copied: number;
  /** How many were there already. */
  readonly present: number;
  /** Where mails look for them: what is in the folder has to be reached under this address. */
  readonly address: string;
}

/**
 * Copies the pictures of mails to a folder that another server gives out: a bucket's mount, a web server's root. Those of
 * the issues that are named are made first; all that were ever made go along, since old mails show them too.
 * @throws InputError for an issue that can't be read or whose picture is missing; UnavailableError `file-unwritable`
 */
export async function publishPictures(
  config: Pick<Config, "dataDir" | "publicUrl">,
  folder: string,
  issueFiles: readonly string[],
): Promise<PublishedPictures> {
  for (const file of issueFiles) await readInputs(file, sampleSender, config);
  const store = createAssetStore({ dir: assetsFolder(config), publicUrl: config.publicUrl });
  try {
    return { ...(await publishAssets(store, folder)), address: store.urlOf("") };
  } catch (cause) {
    throw new UnavailableError("file-unwritable", `${folder} can't be written to: ${messageOf(cause)}.`, { cause });
  }
}
