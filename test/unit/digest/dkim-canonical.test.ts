import { createHash, createPrivateKey } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  canonicaliseBody,
  canonicaliseField,
  fieldName,
  signedHeader,
  splitMessage,
  type Canonicalisation,
} from "../../../src/digest/dkim-canonical.ts";
import { signData } from "../../../src/digest/dkim-signer.ts";
import { parseTags } from "../../../src/digest/dkim-tags.ts";
import { verifySignatures } from "../../../src/digest/dkim-verify.ts";
import { findCorpus } from "../../support/corpora.ts";

const corpus = findCorpus("dkim");

function withCrlf(file: string): Buffer {
  return Buffer.from(readFileSync(file, "latin1").replace(/\r?\n/g, "\r\n"), "latin1");
}

describe.skipIf(!corpus)("the 21 mails of the canonicalisation corpus", () => {
  const folder = join(corpus ?? "", "canonicalisation");
  const numbers = corpus ? readdirSync(folder).flatMap((file) => /^email\.(\d+)$/.exec(file)?.[1] ?? []) : [];

  test("are all there", () => {
    expect(numbers).toHaveLength(21);
  });

  describe.each(["simple", "relaxed"] as const)("in the %s form", (form: Canonicalisation) => {
    test.each(numbers)("mail %s comes out byte for byte", (number) => {
      const { fields, body } = splitMessage(withCrlf(join(folder, `email.${number}`)));
      const head = fields.map((field) => `${canonicaliseField(form, field)}\r\n`).join("");
      const canonical = Buffer.concat([Buffer.from(`${head}\r\n`, "latin1"), canonicaliseBody(form, body)]);
      expect(canonical.toString("latin1")).toBe(readFileSync(join(folder, `${form}.expected.${number}`), "latin1"));
    });
  });
});

describe.skipIf(!corpus)("RFC 8463 appendix A", () => {
  const folder = join(corpus ?? "", "rfc8463");
  const raw = () => withCrlf(join(folder, "signed.eml"));
  const keys = {
    "rsa-sha256": () => createPrivateKey(readFileSync(join(folder, "private-rsa.key"), "latin1")),
    "ed25519-sha256": () =>
      createPrivateKey({
        key: Buffer.concat([
          // PKCS#8 around a bare Ed25519 seed (RFC 8410 section 7).
          Buffer.from("302e020100300506032b657004220420", "hex"),
          Buffer.from(readFileSync(join(folder, "private-ec.key"), "latin1"), "base64"),
        ]),
        format: "der",
        type: "pkcs8",
      }),
  };

  test.each(["ed25519-sha256", "rsa-sha256"] as const)(
    "its %s signature and body hash come out byte for byte",
    (algorithm) => {
      const { fields, body } = splitMessage(raw());
      const field =
        fields.find((found) => fieldName(found) === "dkim-signature" && found.includes(`a=${algorithm}`)) ?? "";
      const tags = parseTags(field.slice(field.indexOf(":") + 1));
      const names = (tags.get("h") ?? "").split(":").map((name) => name.trim().toLowerCase());
      expect(createHash("sha256").update(canonicaliseBody("relaxed", body)).digest("base64")).toBe(tags.get("bh"));
      const data = signedHeader("relaxed", fields, names, field);
      expect(signData(algorithm, keys[algorithm](), data)).toBe(tags.get("b"));
    },
  );

  test("verifies against its own DNS", async () => {
    const dns = JSON.parse(readFileSync(join(folder, "dns.json"), "utf8")) as Record<string, { TXT: string[][] }>;
    const verdicts = await verifySignatures(raw(), (name) =>
      Promise.resolve((dns[name]?.TXT ?? []).map((strings) => strings.join(""))),
    );
    expect(verdicts.map(({ algorithm, result, reason }) => [algorithm, result, reason])).toEqual([
      ["ed25519-sha256", "pass", ""],
      ["rsa-sha256", "pass", ""],
    ]);
  });
});

describe("canonical forms", () => {
  test("a field that is folded and spaced anew keeps its relaxed form", () => {
    expect(canonicaliseField("relaxed", "Subject:  a\tb \r\n\t c  ")).toBe("subject:a b c");
    expect(canonicaliseField("relaxed", "SUBJECT : a b c")).toBe("subject:a b c");
  });

  test("an empty body is empty in relaxed form and one line end in simple form", () => {
    expect(canonicaliseBody("relaxed", Buffer.from("\r\n\r\n")).toString()).toBe("");
    expect(canonicaliseBody("simple", Buffer.from("")).toString()).toBe("\r\n");
  });

  test("of two fields with one name the lower is signed first, and a third place adds nothing", () => {
    const fields = ["Received: top", "Received: bottom", "From: a@example.com"];
    const names = ["received", "received", "received", "from"];
    expect(signedHeader("relaxed", fields, names, "DKIM-Signature: v=1; b=abc").toString()).toBe(
      "received:bottom\r\nreceived:top\r\nfrom:a@example.com\r\ndkim-signature:v=1; b=",
    );
  });
});
