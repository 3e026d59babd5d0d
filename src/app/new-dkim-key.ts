import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatDkimRecords, generateDkimKeys, type DkimRecord } from "../digest/dkim-keys.ts";
import { createSigner } from "../digest/dkim-signer.ts";
import { InputError } from "../lib/errors.ts";
import type { Config } from "./config.ts";

export interface NewDkimKey {
  readonly file: string;
  /** What DKIM_KEYS has to say. */
  readonly setting: string;
  readonly record: DkimRecord;
  /** The record as lines of a zone file, split at 255 octets. */
  readonly zoneLines: string;
}

/**
 * Makes a DKIM key that only its owner reads (0600).
 * @throws InputError `dkim-name` for a domain or selector that DNS can't hold, `dkim-key-exists`: a key is never overwritten
 */
export function makeDkimKey(
  config: Pick<Config, "dataDir">,
  wanted: {
    readonly domain: string;
    readonly selector: string;
    readonly kind: "rsa" | "ed25519";
    readonly file?: string;
  },
): NewDkimKey {
  const { domain, selector, kind } = wanted;
  const keys = generateDkimKeys(domain, selector, kind);
  // Says at once what would stop a campaign later.
  createSigner({ domain, selector, privateKey: keys.privateKey });
  const file = wanted.file ?? join(config.dataDir, "dkim", `${selector}.${domain}.pem`);
  if (existsSync(file)) {
    const message = `${file} exists, and a key is never overwritten. Choose another selector.`;
    throw new InputError({ code: "dkim-key-exists", message });
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, keys.privateKey, { mode: 0o600, flag: "wx" });
  return {
    file,
    setting: `${selector}@${domain}=${file}`,
    record: keys.record,
    zoneLines: formatDkimRecords([keys.record]),
  };
}
