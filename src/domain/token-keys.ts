import { hkdfSync } from "node:crypto";
import { InputError } from "../lib/errors.ts";

/*
 * From the operator's secrets to one key for each use. HKDF (RFC 5869) with the use as its `info` gives keys that tell
 * nothing of each other, so a token made for one use is worth nothing for another.
 */

/**
 * What a reader's token allows: `reader` chooses topics and leaves; `view` only shows the issue, as people pass that link
 * on; `confirm` confirms a subscription.
 */
export type TokenPurpose = "reader" | "view" | "confirm";

export interface TokenKey {
  /** Written in front of each token; follows from the secret, so that adding one moves no other. */
  readonly id: number;
  /** For the purposes `reader` and `view`, which every mail carries. */
  readonly mail: Buffer;
  readonly confirm: Buffer;
}

/** All keys of a deployment; the first of each list makes, every one of them reads. */
export interface TokenKeys {
  readonly tokens: readonly TokenKey[];
  readonly messageId: readonly Buffer[];
  readonly verp: readonly Buffer[];
}

/** A shorter secret can be guessed offline from one token. */
const secretCharactersMin = 16;
const keyBytes = 32;

/**
 * @param secrets the current one first, then those it replaced: links must work for years after the mail
 * @throws InputError `token-secret-missing`, `token-secret-short`
 */
export function createTokenKeys(secrets: readonly string[]): TokenKeys {
  if (secrets.length === 0) {
    throw new InputError({
      code: "token-secret-missing",
      message: "No secret is set for the links in mails; set one of 32 random characters.",
    });
  }
  for (const secret of secrets) {
    if (secret.length < secretCharactersMin) {
      throw new InputError({
        code: "token-secret-short",
        message: `The secret for the links in mails has ${secret.length} characters; at least ${secretCharactersMin} are needed.`,
      });
    }
  }
  return {
    tokens: secrets.map((secret) => ({
      id: deriveKey(secret, "token id", 1)[0] as number,
      mail: deriveKey(secret, "token mail"),
      confirm: deriveKey(secret, "token confirm"),
    })),
    messageId: secrets.map((secret) => deriveKey(secret, "message id")),
    verp: secrets.map((secret) => deriveKey(secret, "return path")),
  };
}

function deriveKey(secret: string, use: string, length = keyBytes): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "broadsheet 1", use, length));
}
