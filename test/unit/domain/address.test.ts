import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAddressProblem, parseAddress } from "../../../src/domain/address.ts";
import { findCorpus } from "../../support/corpora.ts";

function read(text: string) {
  const parsed = parseAddress(text);
  if (isAddressProblem(parsed)) throw new Error(parsed.problem);
  return parsed;
}

function problem(text: string): string {
  const parsed = parseAddress(text);
  return isAddressProblem(parsed) ? parsed.problem : "";
}

describe("one person is one address", () => {
  it("keeps the spelling that was given and compares without case", () => {
    expect(read("Ada.Lovelace@Example.COM")).toEqual({
      key: "ada.lovelace@example.com",
      address: "Ada.Lovelace@Example.COM",
      local: "Ada.Lovelace",
      domain: "example.com",
      wire: "Ada.Lovelace@example.com",
      needsSmtpUtf8: false,
    });
  });

  it("takes needless quotes off", () => {
    expect(read('"ada"@example.com').key).toBe("ada@example.com");
    expect(read('"a\\d\\a"@example.com').wire).toBe("ada@example.com");
    expect(read('"two words"@example.com').wire).toBe('"two words"@example.com');
    expect(read('"say \\"hi\\""@example.com').wire).toBe('"say \\"hi\\""@example.com');
  });

  it("gives one key to NFC and NFD spellings and to a domain in any script form", () => {
    const composed = read("zoë@bücher.example");
    expect(read("zoe\u0308@bu\u0308cher.example")).toEqual(composed);
    expect(read("ZOË@XN--BCHER-KVA.example").key).toBe(composed.key);
    expect(composed).toMatchObject({ domain: "xn--bcher-kva.example", needsSmtpUtf8: true });
  });

  it("needs no SMTPUTF8 where only the domain is international", () => {
    expect(read("ada@bücher.example")).toMatchObject({ wire: "ada@xn--bcher-kva.example", needsSmtpUtf8: false });
  });

  it("takes the old Japanese form and quotes it on the wire, at the companies that gave it out", () => {
    expect(read("a..b.@docomo.ne.jp")).toMatchObject({
      key: '"a..b."@docomo.ne.jp',
      address: "a..b.@docomo.ne.jp",
      local: "a..b.",
      wire: '"a..b."@docomo.ne.jp',
    });
    expect(read('"a..b."@docomo.ne.jp').key).toBe(read("A..B.@DOCOMO.NE.JP").key);
    expect(read("x..y@t.vodafone.ne.jp").wire).toBe('"x..y"@t.vodafone.ne.jp');
    expect(problem("a..b@example.jp")).toContain("two dots in a row");
    expect(problem("a..b@notdocomo.ne.jp")).toContain("two dots in a row");
  });

  it("reads its own keys and wire forms as the same person", () => {
    const local = fc.string({ unit: fc.constantFrom(...'aAzZ09.!+-_éÉñ日 "\\@#'), minLength: 1, maxLength: 20 });
    const domain = fc.constantFrom("example.com", "Bücher.example", "docomo.ne.jp", "例え.jp");
    const quoted = local.map((text) => `"${text.replace(/[\\"]/g, "\\$&")}"`);
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(local, quoted), domain, (localPart, domainPart) => {
        const parsed = parseAddress(`${localPart}@${domainPart}`);
        if (isAddressProblem(parsed)) return;
        taken += 1;
        expect(read(parsed.key).key).toBe(parsed.key);
        expect(read(parsed.wire)).toMatchObject({ key: parsed.key, wire: parsed.wire });
        expect(read(parsed.address)).toEqual(parsed);
      }),
      { seed: 1, numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});

describe("limits of RFC 5321", () => {
  const label = "d".repeat(63);

  it("takes 64 octets before the @ and no more", () => {
    expect(read(`${"a".repeat(64)}@example.com`).local).toHaveLength(64);
    expect(problem(`${"a".repeat(65)}@example.com`)).toContain("64 octets");
    expect(problem(`${"é".repeat(33)}@example.com`)).toContain("64 octets");
  });

  it("counts the quotes that the wire needs", () => {
    expect(problem(`a..${"b".repeat(60)}@docomo.ne.jp`)).toContain("64 octets");
  });

  it("takes 254 octets in all, and labels of 63", () => {
    const domain = `${label}.${label}.${label}.${"e".repeat(60)}`;
    expect(read(`a@${domain}`).wire).toHaveLength(254);
    expect(problem(`ab@${domain}`)).toContain("254 octets");
    expect(problem(`a@${label}d.com`)).toContain("63 octets");
    expect(problem(`a@${label}.${label}.${label}.${label}.com`)).toContain("255 octets");
  });

  it("measures an international domain as the wire carries it", () => {
    expect(problem(`a@${"ü".repeat(60)}.de`)).toContain("63 octets");
  });

  it("does not work on absurd input", () => {
    expect(problem("a".repeat(10_000_000))).toContain("10000000 characters");
  });
});

describe("what is refused says what would be right", () => {
  it.each([
    ["", "There is no address"],
    ["ada", "has no @"],
    ["@example.com", "nothing before the @"],
    ["ada@", "nothing after the @"],
    ["ada@@example.com", "two @"],
    ["Ada <ada@example.com>", "write ada@example.com alone"],
    ["ada(work)@example.com", "comment"],
    ["ada@example.com ", "white space around it"],
    ["ada love@example.com", "space before the @"],
    ["ada@exa mple.com", "space in its domain"],
    [".ada@example.com", "dot at the start or end"],
    ["ada@example..com", "dot too many"],
    ["ada@-example.com", "hyphen"],
    ["ada@exa_mple.com", '"_"'],
    ["ada@[192.0.2.1]", "number in brackets"],
    ["ada@192.0.2.1", "number for a domain"],
    ["ada@１９２.0.2.1", "number for a domain"],
    ["ada@exa%6dple.com", '"%"'],
    ["ada@bü/cher.example", '"/"'],
    ["ada@xn--zzzzzz99999.com", "cannot be a name"],
    ["ada\r\nBcc: x@example.com", "line break"],
    ['"ada\nx"@example.com', "line break"],
    ["ada\u0000@example.com", "control character"],
    ["ada\u2028@example.com", "line break"],
    ["ada\u00a0b@example.com", "U+00A0"],
    ["ada\u200b@example.com", "U+200B"],
    ["\u202eada@example.com", "U+202E"],
    ["ada@exam\u00adple.com", "U+00AD"],
    ["ad\u200ca@example.com", "U+200C"],
    ["ad\ufffda@example.com", "wrong encoding"],
    ["ad\ud800a@example.com", "U+D800"],
    ['""@example.com', "nothing between the quotes"],
    ['"ada@example.com', "do not close"],
  ])("%j: %s", (text, words) => {
    expect(problem(text)).toContain(words);
  });

  it("takes the joiner that Persian writing needs", () => {
    expect(read("نامه\u200cها@مثال.example").needsSmtpUtf8).toBe(true);
  });
});

const corpus = findCorpus("addresses");

describe.skipIf(!corpus)("the isemail corpus", () => {
  const cases = corpus ? readCorpus(readFileSync(join(corpus, "isemail-tests.xml"), "utf8")) : [];
  const policy = /QUOTEDSTRING/;

  it("holds the cases that we know of", () => {
    expect(cases.length).toBe(164);
  });

  it.each(cases.filter(({ category }) => /VALID|DNSWARN/.test(category)))("accepts $id $address", ({ address }) => {
    expect(problem(address)).toBe("");
  });

  it.each(cases.filter(({ category }) => /ERR|RFC5322|CFWS|DEPREC/.test(category)))(
    "refuses $id $address",
    ({ address }) => {
      expect(problem(address)).not.toBe("");
    },
  );

  it.each(cases.filter(({ diagnosis, address }) => policy.test(diagnosis) && address !== '""@iana.org'))(
    "accepts the quoted local part of $id $address",
    ({ address }) => {
      expect(problem(address)).toBe("");
    },
  );
});

/** The corpus writes ASCII control characters as U+2400 and onwards. */
function readCorpus(xml: string) {
  return [...xml.matchAll(/<test id="(\d+)">([\s\S]*?)<\/test>/g)].map(([, id, body]) => {
    const field = (name: string) => new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(body ?? "")?.[1] ?? "";
    const address = field("address")
      .replace(/&#x([0-9A-Fa-f]+);/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
      .replaceAll("&amp;", "&")
      .replace(/[\u2400-\u241f]/g, (symbol) => String.fromCodePoint(symbol.charCodeAt(0) - 0x2400));
    return { id: id ?? "", address, category: field("category"), diagnosis: field("diagnosis") };
  });
}
