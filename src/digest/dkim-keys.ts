import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { rsaBitsMin } from "./dkim-signer.ts";

/** A new key with the record that publishes it. */
export interface DkimKeys {
  /** PKCS#8 in PEM: a secret, for a file that only its owner reads (0600). */
  readonly privateKey: string;
  readonly record: DkimRecord;
}

export interface DkimRecord {
  /** `s2026._domainkey.example.com` */
  readonly name: string;
  /** The text, its strings joined. */
  readonly value: string;
}

/** Octets of one string in a TXT record (RFC 1035 section 3.3.14). */
const stringOctetsMax = 255;

export function generateDkimKeys(domain: string, selector: string, kind: "rsa" | "ed25519"): DkimKeys {
  const { privateKey, publicKey } =
    kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: rsaBitsMin }) : generateKeyPairSync("ed25519");
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    record: createDkimRecord(domain, selector, publicKey),
  };
}

/** The record for a key, public or private (RFC 6376 section 3.6.1; for Ed25519 the bare 32 bytes, RFC 8463 section 4). */
export function createDkimRecord(domain: string, selector: string, key: KeyObject): DkimRecord {
  const publicKey = key.type === "public" ? key : createPublicKey(key.export({ type: "pkcs8", format: "pem" }));
  const bytes =
    publicKey.asymmetricKeyType === "ed25519"
      ? Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url")
      : publicKey.export({ type: "spki", format: "der" });
  const kind = publicKey.asymmetricKeyType === "ed25519" ? "ed25519" : "rsa";
  return { name: `${selector}._domainkey.${domain}`, value: `v=DKIM1; k=${kind}; p=${bytes.toString("base64")}` };
}

/** Strings of at most 255 octets; DNS joins them without anything between (RFC 6376 section 3.6.2.2). */
export function splitTxt(value: string): string[] {
  return value.match(new RegExp(`.{1,${stringOctetsMax}}`, "gs")) ?? [""];
}

/** Lines for a zone file, as most DNS hosts take them too. */
export function formatDkimRecords(records: readonly DkimRecord[]): string {
  return records
    .map(({ name, value }) => {
      const strings = splitTxt(value).map((text) => `"${text}"`);
      return strings.length === 1
        ? `${name}. IN TXT ${strings[0]}\n`
        : `${name}. IN TXT (\n${strings.map((text) => `  ${text}\n`).join("")})\n`;
    })
    .join("");
}
