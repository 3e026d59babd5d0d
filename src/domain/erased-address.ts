import { createHmac, hkdfSync } from "node:crypto";

/*
 * What remains of an erased person: a keyed hash, by which the same address is known again when somebody imports it or an
 * old backup brings it back. Without the key it tells nothing, not even to one who tries every address there is.
 */

const keyBytes = 32;
/** A hash has no @ and an address key always has one, so that the two never meet in one table. */
const mark = "#";

/**
 * @param secrets the operator's, the current one first, then those it replaced
 * @returns one key each, good for this use alone (RFC 5869)
 */
export function createErasureKeys(secrets: readonly string[]): readonly Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync("sha256", secret, "broadsheet 1", "erased address", keyBytes)));
}

/** `#` and 64 hexadecimal digits. */
export function erasedKeyOf(addressKey: string, key: Buffer): string {
  return mark + createHmac("sha256", key).update(addressKey).digest("hex");
}

/** By every key that was ever in use: tombstones outlive a change of secrets. */
export function erasedKeysOf(addressKey: string, keys: readonly Buffer[]): string[] {
  return keys.map((key) => erasedKeyOf(addressKey, key));
}
