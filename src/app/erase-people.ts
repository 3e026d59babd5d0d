import type { Readable } from "node:stream";
import type { Pool } from "pg";
import { eraseAgain, eraseSubscriber, type Erasure } from "../adapters/postgres/erase-subscriber.ts";
import type { Address } from "../domain/address.ts";
import type { Config } from "./config.ts";
import { importSuppressionFile, type SuppressionImport } from "./import-suppressions.ts";
import { loadErasureKeys } from "./secret.ts";

type Secrets = Pick<Config, "secrets" | "dataDir">;

/** Who did it, for the log of suppressions. */
const byHand = "command line";

/** Erases a person as "erase me" on the preference page does; the hash is kept of one who was never known, too. */
export async function eraseByHand(pool: Pool, secrets: Secrets, address: Address): Promise<Erasure> {
  return eraseSubscriber(pool, address, loadErasureKeys(secrets), byHand);
}

export interface ErasedAgain extends SuppressionImport {
  /** How many people were there again, and are gone. */
  readonly erased: number;
}

/**
 * After a restore: takes the hashes of erased people out of a file, such as an export of the suppressions that is newer than
 * the backup, and erases everyone again whom one of them means, or one that stands here already. Other lines are passed over.
 * The hashes mean nobody under another `SECRET_KEY` than theirs.
 * @param file a path, or how to call the stream in messages
 * @throws InputError with the place, when the file as a whole can't be used
 */
export async function eraseListed(pool: Pool, secrets: Secrets, file: string, stream?: Readable): Promise<ErasedAgain> {
  const imported = await importSuppressionFile(pool, file, {
    ...(stream ? { stream } : {}),
    only: ({ reason }) => reason === "erased",
  });
  return { ...imported, erased: await eraseAgain(pool, loadErasureKeys(secrets), byHand) };
}
