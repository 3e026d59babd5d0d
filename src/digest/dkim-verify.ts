import { createHash, createPublicKey, timingSafeEqual, verify, type KeyObject } from "node:crypto";
import { canonicaliseBody, fieldName, signedHeader, splitMessage, type Canonicalisation } from "./dkim-canonical.ts";
import { parseTags } from "./dkim-tags.ts";

/**
 * What one DKIM-Signature is worth. `fail` is a wrong hash or signature; a permanent error is a signature or key record
 * that no verifier can use; a temporary one is a DNS that does not answer.
 */
export interface SignatureVerdict {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: string;
  readonly result: "pass" | "fail" | "permanent error" | "temporary error";
  /** Why, in words; empty for a pass. */
  readonly reason: string;
  /** The names of `h=`, lower case, repeated where oversigned. */
  readonly signedNames: readonly string[];
}

/** Answers with a name's TXT records, the strings of each joined; an empty list where there is none. Throws when DNS fails. */
export type LookupTxt = (name: string) => Promise<readonly string[]>;

/** A message with more is an attack on verifiers (RFC 6376 section 8.4 has them choose). */
const signaturesMax = 10;

/** RFC 8301 section 3.2: what is shorter fails. */
const verifiedRsaBitsMin = 1024;

/**
 * Verifies every DKIM signature of a message, in the order of its fields.
 * @param nowMs for `x=`; a signature past its expiry fails
 */
export async function verifySignatures(raw: Buffer, lookup: LookupTxt, nowMs?: number): Promise<SignatureVerdict[]> {
  const { fields, body } = splitMessage(raw);
  const signatures = fields.filter((field) => fieldName(field) === "dkim-signature").slice(0, signaturesMax);
  return Promise.all(signatures.map((field) => verifyOne(field, fields, body, lookup, nowMs)));
}

type Trouble = readonly [result: Exclude<SignatureVerdict["result"], "pass">, reason: string];

async function verifyOne(
  field: string,
  fields: readonly string[],
  body: Buffer,
  lookup: LookupTxt,
  nowMs: number | undefined,
): Promise<SignatureVerdict> {
  const tags = parseTags(field.slice(field.indexOf(":") + 1));
  const signedNames = (tags.get("h") ?? "").split(":").map((name) => name.trim().toLowerCase());
  const [domain = "", selector = "", algorithm = ""] = ["d", "s", "a"].map((tag) => tags.get(tag));
  const verdict = { domain, selector, algorithm, signedNames };
  const trouble =
    checkTags(tags, signedNames, nowMs) ??
    checkBodyHash(tags, body) ??
    (await checkSignature(tags, signedNames, field, fields, lookup));
  return trouble ? { ...verdict, result: trouble[0], reason: trouble[1] } : { ...verdict, result: "pass", reason: "" };
}

/** RFC 6376 section 6.1.1. */
function checkTags(
  tags: ReadonlyMap<string, string>,
  signedNames: readonly string[],
  nowMs: number | undefined,
): Trouble | null {
  const missing = ["v", "a", "b", "bh", "d", "h", "s"].find((tag) => !tags.get(tag));
  if (missing !== undefined) return ["permanent error", `the tag ${missing}= is missing`];
  if (tags.get("v") !== "1") return ["permanent error", `the version is ${tags.get("v")}`];
  if (!/^(rsa|ed25519)-sha256$/.test(tags.get("a") as string)) {
    return ["permanent error", `the algorithm ${tags.get("a")} is not in use`];
  }
  if (!/^(simple|relaxed)(\/(simple|relaxed))?$/.test(tags.get("c") ?? "simple")) {
    return ["permanent error", `the canonicalisation ${tags.get("c")} is unknown`];
  }
  if (!signedNames.includes("from")) return ["permanent error", "From is not signed"];
  const expires = tags.get("x");
  if (expires !== undefined && nowMs !== undefined && Number(expires) * 1000 < nowMs)
    return ["fail", "the signature has expired"];
  return null;
}

function formsOf(tags: ReadonlyMap<string, string>): readonly [Canonicalisation, Canonicalisation] {
  const [header = "simple", body = "simple"] = (tags.get("c") ?? "").split("/").filter((form) => form !== "");
  return [header as Canonicalisation, body as Canonicalisation];
}

function checkBodyHash(tags: ReadonlyMap<string, string>, body: Buffer): Trouble | null {
  const canonical = canonicaliseBody(formsOf(tags)[1], body);
  const length = tags.get("l");
  if (length !== undefined && Number(length) > canonical.length)
    return ["permanent error", "l= is longer than the body"];
  const hashed = length === undefined ? canonical : canonical.subarray(0, Number(length));
  const expected = Buffer.from(tags.get("bh") as string, "base64");
  const actual = createHash("sha256").update(hashed).digest();
  const same = expected.length === actual.length && timingSafeEqual(expected, actual);
  return same ? null : ["fail", "the body was changed"];
}

async function checkSignature(
  tags: ReadonlyMap<string, string>,
  signedNames: readonly string[],
  field: string,
  fields: readonly string[],
  lookup: LookupTxt,
): Promise<Trouble | null> {
  const name = `${tags.get("s")}._domainkey.${tags.get("d")}`;
  let records: readonly string[];
  try {
    records = await lookup(name);
  } catch {
    return ["temporary error", `DNS does not answer for ${name}`];
  }
  if (records.length === 0) return ["permanent error", `there is no key record at ${name}`];
  const algorithm = tags.get("a") as string;
  const key = readKeyRecord(records[0] as string, algorithm);
  if (!("type" in key)) return key;
  const data = signedHeader(formsOf(tags)[0], fields, signedNames, field);
  const signature = Buffer.from(tags.get("b") as string, "base64");
  const verified = algorithm.startsWith("rsa")
    ? verify("sha256", data, key, signature)
    : verify(null, createHash("sha256").update(data).digest(), key, signature);
  return verified ? null : ["fail", "a signed header field was changed, or one was added"];
}

/** RFC 6376 section 3.6.1, RFC 8463 section 4. */
function readKeyRecord(record: string, algorithm: string): KeyObject | Trouble {
  const tags = parseTags(record);
  const kind = tags.get("k") ?? "rsa";
  const bytes = tags.get("p");
  if ((tags.get("v") ?? "DKIM1") !== "DKIM1" || bytes === undefined)
    return ["permanent error", "the key record is none"];
  if (bytes === "") return ["permanent error", "the key was withdrawn"];
  if (`${kind}-sha256` !== algorithm) return ["permanent error", `the key is of another kind (${kind})`];
  const hashes = tags.get("h");
  if (
    hashes !== undefined &&
    !hashes
      .split(":")
      .map((hash) => hash.trim())
      .includes("sha256")
  ) {
    return ["permanent error", "the key is not for sha256"];
  }
  try {
    const key =
      kind === "ed25519"
        ? createPublicKey({
            key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(bytes, "base64").toString("base64url") },
            format: "jwk",
          })
        : createPublicKey({ key: Buffer.from(bytes, "base64"), format: "der", type: "spki" });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? verifiedRsaBitsMin;
    return bits < verifiedRsaBitsMin ? ["permanent error", `the key has ${bits} bits only`] : key;
  } catch {
    return ["permanent error", "the key record's p= can't be read"];
  }
}
