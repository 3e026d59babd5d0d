import { readFileSync } from "node:fs";
import { createSigner, type Signer } from "../digest/dkim-signer.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import type { Config } from "./config.ts";

/**
 * Every DKIM key of the configuration, read and checked.
 * @throws InputError where one is missing, short or unreadable: a campaign stops before its first mail
 */
export function loadSigners(config: Pick<Config, "dkimKeys">): readonly Signer[] {
  return config.dkimKeys.map(({ domain, selector, path }) => {
    let privateKey: string;
    try {
      privateKey = readFileSync(path, "utf8");
    } catch (error) {
      throw new InputError({
        code: "dkim-key-missing",
        message: `The DKIM key ${selector}@${domain} can't be read: ${messageOf(error)}`,
      });
    }
    return createSigner({ domain, selector, privateKey });
  });
}

/** The keys that may sign for a From address: its own domain's or one's above it (DMARC's relaxed alignment). */
export function signersFor(signers: readonly Signer[], fromAddress: string): readonly Signer[] {
  const domain = fromAddress.slice(fromAddress.lastIndexOf("@") + 1).toLowerCase();
  return signers.filter((signer) => domain === signer.domain || domain.endsWith(`.${signer.domain}`));
}
