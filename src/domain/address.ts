import { asciiDomain } from "./domain-name.ts";

/*
 * One person is one address. What SMTP carries is taken (RFC 5321 section 4.1.2, RFC 6531 section 3.3): dot-atoms, quoted
 * local parts, international domains and local parts. What only RFC 5322 allows (comments, folding, obsolete forms) and
 * domain literals are refused: nobody gives such an address on purpose.
 */
export interface Address {
  /** The person: local part in lower case, canonically quoted, and domain as A-label. Parses to itself. */
  readonly key: string;
  /** As given, in NFC: shown. */
  readonly address: string;
  /** The local part as given, with the quotes taken off. */
  readonly local: string;
  /** As A-label, in lower case. */
  readonly domain: string;
  /** For SMTP commands and header fields: the local part's case as given, quoted where it must be. */
  readonly wire: string;
  /** The local part is not ASCII: only a server that announces SMTPUTF8 may be given it (RFC 6531 section 3.2). */
  readonly needsSmtpUtf8: boolean;
}

export interface AddressProblem {
  /** What is wrong, and what would be right. */
  readonly problem: string;
}

/** RFC 5321 section 4.5.3.1.1. */
const localOctetsMax = 64;
/** RFC 5321 section 4.5.3.1.3: a path is 256 octets with its angle brackets. */
const addressOctetsMax = 254;
/** Longer than any address before normalisation; stops work on absurd input. */
const textCharactersMax = 1_000;

const dotAtom =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u;
/** Dots in a row and at the end, as Japanese phone companies gave out before 2009. */
const oldJapaneseLocal = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]*$/;
const oldJapaneseDomain = /(?:^|\.)(?:docomo|ezweb|vodafone|softbank|disney)\.ne\.jp$|(?:^|\.)au\.com$/;
/** RFC 5321 section 4.1.2 Quoted-string, with the UTF-8 of RFC 6531 in its text but not behind a backslash. */
const quotedLocal = /^"(?:[ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])+"$/u;
const ascii = /^[ -~]*$/;
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** White space beyond ASCII, invisible and private characters, halves of characters. */
const unseen = /(?![ \u200c\u200d])[\p{Z}\p{Cf}\p{Co}\p{Cs}]/u;
/** The joiners that Persian and Indic writing needs stand between letters of such a script; elsewhere they only hide. */
const strayJoiner =
  /(?<![\p{L}\p{M}])[\u200c\u200d]|(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\u200c\u200d]/u;
const addressInBrackets = /<([^<>]*@[^<>]*)>/;

/**
 * Reads one bare address, without white space around it.
 * @returns the address in its forms, or in words what is wrong with it
 */
export function parseAddress(text: string): Address | AddressProblem {
  if (text.length > textCharactersMax)
    return { problem: `The address has ${text.length} characters; 254 are allowed.` };
  const address = text.normalize("NFC");
  return readPlain(address) ?? readClosely(address);
}

/** Nearly every address that people have; the rest is looked at closely. */
const plainAddress = /^[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]+$/;

function readPlain(address: string): Address | null {
  const at = address.indexOf("@");
  if (at > localOctetsMax || address.length > addressOctetsMax || !plainAddress.test(address)) return null;
  const local = address.slice(0, at);
  const domain = asciiDomain(address.slice(at + 1));
  if (typeof domain !== "string") return null;
  return {
    key: `${local.toLowerCase()}@${domain}`,
    address,
    local,
    domain,
    wire: `${local}@${domain}`,
    needsSmtpUtf8: false,
  };
}

function readClosely(address: string): Address | AddressProblem {
  const early = findUnusableCharacter(address);
  if (early) return early;
  const [, bare] = addressInBrackets.exec(address) ?? [];
  if (bare !== undefined) return problemOf(address, `has more than the address; write ${bare} alone`);
  const at = address.lastIndexOf("@");
  if (at === -1) return problemOf(address, "has no @; an address looks like name@example.com");
  if (at === 0) return problemOf(address, "has nothing before the @; an address looks like name@example.com");
  const given = address.slice(0, at);
  const domain = asciiDomain(address.slice(at + 1));
  if (typeof domain !== "string") return problemOf(address, domain.problem);
  const local = readLocal(given, domain);
  if (typeof local !== "string") return problemOf(address, local.problem);

  const written = writeLocal(local);
  const wire = `${written}@${domain}`;
  if (octets(given) > localOctetsMax || octets(written) > localOctetsMax) {
    return problemOf(address, `has more than ${localOctetsMax} octets before the @`);
  }
  if (octets(wire) > addressOctetsMax) return problemOf(address, `is longer than ${addressOctetsMax} octets`);
  const key = `${writeLocal(local.toLowerCase().normalize("NFC"))}@${domain}`;
  return { key, address, local, domain, wire, needsSmtpUtf8: !ascii.test(local) };
}

/** What an address looks like from outside. */
export function isAddressProblem(parsed: Address | AddressProblem): parsed is AddressProblem {
  return "problem" in parsed;
}

/** The local part without quotes. */
function readLocal(given: string, domain: string): string | AddressProblem {
  if (dotAtom.test(given)) return given;
  if (quotedLocal.test(given)) return given.slice(1, -1).replace(/\\(.)/g, "$1");
  if (oldJapaneseDomain.test(domain) && oldJapaneseLocal.test(given)) return given;
  return { problem: explainLocal(given) };
}

/** The local part as SMTP writes it: quoted only where it must be, so that two spellings of one mailbox are one. */
function writeLocal(local: string): string {
  return dotAtom.test(local) ? local : `"${local.replace(/[\\"]/g, "\\$&")}"`;
}

function explainLocal(given: string): string {
  if (given === '""') return "has nothing between the quotes before the @";
  if (given.startsWith('"')) return "has quotes that do not close right before the @";
  if (given.includes("@")) return "holds two @; write one address, name@example.com";
  if (/[()]/.test(given)) return "holds a comment in brackets; leave it out";
  if (given.startsWith(".") || given.endsWith(".")) return "has a dot at the start or end of the part before the @";
  if (given.includes("..")) return "has two dots in a row before the @";
  if (given.includes(" ")) return "has a space before the @";
  const [character] = /[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\u{10ffff}-]/u.exec(given) ?? [""];
  return `has the character ${JSON.stringify(character)} before the @, where it may stand only in quotes`;
}

function findUnusableCharacter(address: string): AddressProblem | null {
  if (address.trim() === "") return { problem: "There is no address; it looks like name@example.com." };
  if (control.test(address)) return problemOf(address, "holds a line break or another control character");
  if (address !== address.trim()) return problemOf(address, "has white space around it");
  if (address.includes("\ufffd")) return problemOf(address, "was broken by a wrong encoding; save it as UTF-8");
  const [hidden] = unseen.exec(address) ?? strayJoiner.exec(address) ?? [];
  if (hidden === undefined) return null;
  const code = (hidden.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  return problemOf(address, `holds the invisible character U+${code}`);
}

/** Long enough to recognise the address, short enough for a line. */
const shownCharactersMax = 100;

function problemOf(address: string, what: string): AddressProblem {
  const shown = address.length > shownCharactersMax ? `${address.slice(0, shownCharactersMax)}..` : address;
  return { problem: `${JSON.stringify(shown)} ${what}.` };
}

function octets(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
