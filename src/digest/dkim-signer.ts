import { createPrivateKey, hash, sign, type KeyObject } from "node:crypto";
import { InputError, messageOf } from "../lib/errors.ts";

/** RFC 8301 section 3.2 asks for 2048 bits; shorter keys are refused by receivers sooner or later. */
export const rsaBitsMin = 2048;

export type DkimAlgorithm = "rsa-sha256" | "ed25519-sha256";

/** A key that signs mail for a domain. */
export interface Signer {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: DkimAlgorithm;
  /** Characters of every signature in base64: lets a message be laid out before it is signed. */
  readonly signatureCharacters: number;
  /** Signs the canonical header fields; base64. The same data always gives the same signature. */
  sign(data: Buffer): string;
}

export interface SignerOptions {
  /** `d=`: From's domain or one above it, so that DMARC finds it aligned. */
  readonly domain: string;
  /** `s=`: the key's record is `<selector>._domainkey.<domain>`. */
  readonly selector: string;
  /** PKCS#8 or PKCS#1 as PEM, or a key that was read already. */
  readonly privateKey: string | KeyObject;
}

/**
 * Reads a key and checks everything that could go wrong later, so that a campaign stops before its first mail.
 * @throws InputError `dkim-key-missing`, `dkim-key-unreadable`, `dkim-key-short`, `dkim-key-type`, `dkim-name`
 */
export function createSigner(options: SignerOptions): Signer {
  const domain = options.domain.toLowerCase();
  const { selector } = options;
  checkNames(domain, selector);
  const key = readKey(options.privateKey, `${selector}._domainkey.${domain}`);
  const algorithm = algorithmOf(key, selector);
  const signatureCharacters = signData(algorithm, key, Buffer.from("length")).length;
  return { domain, selector, algorithm, signatureCharacters, sign: (data) => signData(algorithm, key, data) };
}

/** RFC 6376 section 3.3, RFC 8463 section 3 (Ed25519 signs the hash, not the data). */
export function signData(algorithm: DkimAlgorithm, key: KeyObject, data: Buffer): string {
  return algorithm === "rsa-sha256"
    ? sign("sha256", data, key).toString("base64")
    : sign(null, hash("sha256", data, "buffer"), key).toString("base64");
}

function checkNames(domain: string, selector: string): void {
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  const name = new RegExp(`^${label}(?:\\.${label})*$`, "i");
  const refuse = (message: string) => new InputError({ code: "dkim-name", message });
  if (domain.length > 253 || !name.test(domain)) {
    throw refuse(
      `"${domain}" is no domain to sign for; write it as in DNS, such as example.com (xn-- for other scripts).`,
    );
  }
  if (selector.length > 63 || !name.test(selector)) {
    throw refuse(`"${selector}" is no DKIM selector; letters, digits and hyphens name a key, such as s2026.`);
  }
}

function readKey(privateKey: string | KeyObject, name: string): KeyObject {
  if (typeof privateKey !== "string") return privateKey;
  if (privateKey.trim() === "") {
    throw new InputError({ code: "dkim-key-missing", message: `The DKIM key ${name} is empty.` });
  }
  try {
    return createPrivateKey(privateKey);
  } catch (error) {
    throw new InputError(
      {
        code: "dkim-key-unreadable",
        message: `The DKIM key ${name} can't be read as a private key in PEM (${messageOf(error)}).`,
      },
      { cause: error },
    );
  }
}

function algorithmOf(key: KeyObject, selector: string): DkimAlgorithm {
  if (key.type !== "private") {
    throw new InputError({
      code: "dkim-key-type",
      message: `The DKIM key of selector ${selector} is public; the private one signs.`,
    });
  }
  if (key.asymmetricKeyType === "ed25519") return "ed25519-sha256";
  if (key.asymmetricKeyType !== "rsa") {
    throw new InputError({
      code: "dkim-key-type",
      message: `The DKIM key of selector ${selector} is ${key.asymmetricKeyType}; DKIM knows rsa and ed25519.`,
    });
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < rsaBitsMin) {
    throw new InputError({
      code: "dkim-key-short",
      message: `The DKIM key of selector ${selector} has ${bits} bits; at least ${rsaBitsMin} are needed.`,
    });
  }
  return "rsa-sha256";
}
