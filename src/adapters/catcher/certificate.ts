/**
 * A self-signed certificate for this machine, made at start. Node can sign but not write X.509, so the few DER
 * structures it takes are written here (RFC 5280 section 4.1).
 */
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { assert } from "../../lib/assert.ts";

export interface SelfSignedCertificate {
  /** PEM, for the server and for clients that want to trust it. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

/** Long enough for any run of a catcher, short enough to be plainly not a real one. */
const validityDays = 30;
const millisecondsPerDay = 86_400_000;

/**
 * Makes an ECDSA P-256 key and a certificate for `names` (host names and IP addresses), valid from an hour before `now`
 * because clocks differ.
 */
export function createSelfSignedCertificate(names: readonly string[], now: Date): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = sequence(objectIdentifier("2a8648ce3d040302")); // ecdsa-with-SHA256
  const name = sequence(
    tagged(0x31, sequence(objectIdentifier("550403"), tagged(0x0c, Buffer.from("Broadsheet catcher")))),
  );
  const notBefore = new Date(now.getTime() - millisecondsPerDay / 24);
  const notAfter = new Date(now.getTime() + validityDays * millisecondsPerDay);
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))), // version 3
    integer(serialNumber()),
    algorithm,
    name,
    sequence(utcTime(notBefore), utcTime(notAfter)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(basicConstraints(), alternativeNames(names))),
  );
  const signature = sign("sha256", body, privateKey);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const certificate = new X509Certificate(der);
  assert(certificate.verify(publicKey), "a certificate that was just signed verifies with its own key");
  return {
    certificate: certificate.toString(),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function tagged(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOctets(content.length), content]);
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  assert(length < 0x1_0000, "a certificate this small never holds 64 KB");
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}

function sequence(...contents: Buffer[]): Buffer {
  return tagged(0x30, ...contents);
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function objectIdentifier(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, "hex"));
}

/** Positive and without a leading zero octet, as DER wants it. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return tagged(0x17, Buffer.from(digits.slice(2)));
}

/** Critical, cA TRUE: so that a client can be given this certificate as its authority. */
function basicConstraints(): Buffer {
  const yes = tagged(0x01, Buffer.from([0xff]));
  return sequence(objectIdentifier("551d13"), yes, tagged(0x04, sequence(yes)));
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    isIP(name) === 0 ? tagged(0x82, Buffer.from(name, "latin1")) : tagged(0x87, addressOctets(name)),
  );
  return sequence(objectIdentifier("551d11"), tagged(0x04, sequence(...entries)));
}

function addressOctets(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const before = groups(head);
  const after = groups(tail ?? "");
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join(""), "hex");
}
