import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createDkimRecord, formatDkimRecords, generateDkimKeys, splitTxt } from "../../../src/digest/dkim-keys.ts";
import { createSigner, type Signer } from "../../../src/digest/dkim-signer.ts";
import { verifySignatures } from "../../../src/digest/dkim-verify.ts";
import { personalise } from "../../../src/digest/personalise.ts";
import type { TransportProfile } from "../../../src/domain/transport.ts";
import { InputError, UnavailableError } from "../../../src/lib/errors.ts";
import {
  createSampleDigest,
  createSampleRecipient,
  createSampleSettings,
  fieldValues,
  readMessage,
} from "../../support/sample-digest.ts";

const domain = "example.com";
let rsa: Signer;
let ed25519: Signer;
const records = new Map<string, string>();

function createTestSigner(selector: string, kind: "rsa" | "ed25519"): Signer {
  const { privateKey, record } = generateDkimKeys(domain, selector, kind);
  records.set(record.name, record.value);
  return createSigner({ domain, selector, privateKey });
}

beforeAll(() => {
  rsa = createTestSigner("r1", "rsa");
  ed25519 = createTestSigner("e1", "ed25519");
});

const lookup = (name: string) => Promise.resolve(records.has(name) ? [records.get(name) as string] : []);

function compose(selectors: string, profile: TransportProfile = "mta"): Buffer {
  const settings = createSampleSettings({ profile });
  return personalise(createSampleDigest(), createSampleRecipient({ selectors }), settings, [rsa, ed25519]).bytes;
}

async function resultsOf(bytes: Buffer): Promise<string[]> {
  return (await verifySignatures(bytes, lookup)).map(({ result, reason }) =>
    reason === "" ? result : `${result}: ${reason}`,
  );
}

/** `h=` of the first signature. */
function signedNames(bytes: Buffer): string[] {
  const tag = /; h=([^;]*);/.exec(fieldValues(bytes, "DKIM-Signature")[0] ?? "")?.[1] ?? "";
  return tag.replace(/\s/g, "").split(":");
}

describe("a signed mail", () => {
  test.each(["r1", "e1", "r1,e1"])("verifies with the keys %s", async (selectors) => {
    const results = await resultsOf(compose(selectors));
    expect(results).toEqual(selectors.split(",").map(() => "pass"));
  });

  test("signed twice, each signature stands without the other", async () => {
    const bytes = compose("r1,e1").toString("latin1");
    const [first = "", second = ""] = bytes.match(/^DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*/gm) ?? [];
    expect(await resultsOf(Buffer.from(bytes.replace(first, ""), "latin1"))).toEqual(["pass"]);
    expect(await resultsOf(Buffer.from(bytes.replace(second, ""), "latin1"))).toEqual(["pass"]);
  });

  test("covers From, the reader's fields, all List- fields and Feedback-ID, and oversigns what misleads", () => {
    const names = signedNames(compose("r1"));
    const bytes = compose("r1");
    const count = (name: string) => names.filter((found) => found === name).length;
    const oversigned = [
      "from",
      "subject",
      "to",
      "list-unsubscribe",
      "list-unsubscribe-post",
      "reply-to",
      "content-type",
    ];
    for (const name of oversigned) expect([name, count(name)]).toEqual([name, 2]);
    const once = ["date", "message-id", "mime-version", "list-id", "feedback-id"];
    for (const name of once) expect([name, count(name)]).toEqual([name, 1]);
    const present = readMessage(bytes).fields.map(([name]) => name.toLowerCase());
    expect(names.filter((name) => !present.includes(name))).toEqual([]);
  });

  test("never signs what the way changes, nor signatures", () => {
    const names = signedNames(compose("r1,e1"));
    for (const name of ["dkim-signature", "return-path", "received", "comments", "keywords"]) {
      expect(names).not.toContain(name);
    }
  });

  test("states relaxed/relaxed, its time and no length", () => {
    const [field = ""] = fieldValues(compose("r1"), "DKIM-Signature");
    expect(field).toMatch(/c=relaxed\/relaxed;/);
    expect(field).toMatch(new RegExp(`t=${Date.UTC(2024, 4, 31, 9) / 1000};`));
    expect(field).not.toMatch(/; l=/);
  });

  test("survives folding, blanks at line ends and empty lines at the end", async () => {
    const bytes = compose("r1").toString("latin1");
    const refolded = bytes
      .replace("Subject: New in May", "subject:\tNew\r\n  in   May ")
      .replace(/\r\n$/, "\r\n\r\n\r\n");
    expect(refolded).not.toBe(bytes);
    expect(await resultsOf(Buffer.from(refolded, "latin1"))).toEqual(["pass"]);
  });

  test.each([
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
    "Feedback-ID",
    "MIME-Version",
    "Content-Type",
  ])("fails once %s is changed", async (name) => {
    const bytes = compose("r1,e1").toString("latin1");
    const changed = bytes.replace(new RegExp(`^${name}:([ \\r\\n]*)`, "m"), `${name}:$1x`);
    expect(changed).not.toBe(bytes);
    const results = await resultsOf(Buffer.from(changed, "latin1"));
    expect(results.every((result) => result.startsWith("fail"))).toBe(true);
  });

  test.each(["From", "Subject", "To", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Type"])(
    "fails once a second %s is put on top",
    async (name) => {
      const results = await resultsOf(Buffer.concat([Buffer.from(`${name}: evil\r\n`), compose("r1,e1")]));
      expect(results.every((result) => result.startsWith("fail"))).toBe(true);
    },
  );

  test("fails once a byte of the body is changed", async () => {
    const bytes = compose("r1,e1");
    const at = bytes.indexOf("High Street");
    bytes[at] = "h".charCodeAt(0);
    expect(await resultsOf(bytes)).toEqual(["fail: the body was changed", "fail: the body was changed"]);
  });

  test("without an https address a stranger can't add one-click unsubscription", async () => {
    const settings = createSampleSettings({ publicUrl: "http://localhost:3000" });
    const { bytes } = personalise(createSampleDigest(), createSampleRecipient({ selectors: "r1" }), settings, [rsa]);
    expect(fieldValues(bytes, "List-Unsubscribe-Post")).toEqual([]);
    expect(await resultsOf(bytes)).toEqual(["pass"]);
    const added = Buffer.concat([Buffer.from("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), bytes]);
    expect((await resultsOf(added))[0]).toMatch(/^fail/);
  });

  test("through a relay that writes Message-ID and Date anew the signature holds", async () => {
    for (const profile of ["ses", "postmark", "sendgrid", "mailgun"] as const) {
      const bytes = compose("r1,e1", profile).toString("latin1");
      const rewritten = bytes
        .replace(/^Message-ID:.*/m, "Message-ID: <theirs@relay.example>")
        .replace(/^Date:.*/m, "Date: now");
      // One only: Amazon SES refuses a message with two.
      expect(await resultsOf(Buffer.from(rewritten, "latin1"))).toEqual(["pass"]);
    }
  });
});

describe("keys", () => {
  const codeOf = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      if (error instanceof InputError) return error.problems[0]?.code ?? "";
      throw error;
    }
    return "none";
  };

  test("that are missing, unreadable, short, public or of another kind stop before the first mail", () => {
    const pem = (type: "pkcs8") => ({ type, format: "pem" }) as const;
    const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export(pem("pkcs8")) as string;
    const curve = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const { publicKey } = generateKeyPairSync("ed25519");
    const signer = (privateKey: string | typeof curve) => () => createSigner({ domain, selector: "s", privateKey });
    expect(codeOf(signer(""))).toBe("dkim-key-missing");
    expect(codeOf(signer("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))).toBe(
      "dkim-key-unreadable",
    );
    expect(codeOf(signer(short))).toBe("dkim-key-short");
    expect(codeOf(signer(curve))).toBe("dkim-key-type");
    expect(codeOf(signer(publicKey))).toBe("dkim-key-type");
  });

  test("a domain or selector that DNS can't hold is refused", () => {
    const { privateKey } = generateDkimKeys(domain, "s", "ed25519");
    expect(codeOf(() => createSigner({ domain: "exämple.com", selector: "s", privateKey }))).toBe("dkim-name");
    expect(codeOf(() => createSigner({ domain, selector: "a; d=evil", privateKey }))).toBe("dkim-name");
  });

  test("a delivery whose key is gone is not sent unsigned", () => {
    const recipient = createSampleRecipient({ selectors: "r1,gone" });
    const act = () => personalise(createSampleDigest(), recipient, createSampleSettings(), [rsa]);
    expect(act).toThrow(UnavailableError);
    expect(act).toThrow(/"gone"/);
  });

  test("their DNS records are split into strings of at most 255 octets", () => {
    const { privateKey, record } = generateDkimKeys(domain, "s2026", "rsa");
    const strings = splitTxt(record.value);
    expect(strings.length).toBe(2);
    expect(strings.every((text) => text.length <= 255)).toBe(true);
    expect(strings.join("")).toBe(record.value);
    expect(record.name).toBe("s2026._domainkey.example.com");
    expect(formatDkimRecords([record])).toMatch(
      /^s2026\._domainkey\.example\.com\. IN TXT \(\n {2}"v=DKIM1; k=rsa; p=/,
    );
    expect(createDkimRecord(domain, "s2026", createPrivateKey(privateKey))).toEqual(record);
  });

  test("an Ed25519 record holds the bare 32 bytes", () => {
    const { record } = generateDkimKeys(domain, "e", "ed25519");
    const bytes = /^v=DKIM1; k=ed25519; p=([A-Za-z0-9+/]{43}=)$/.exec(record.value)?.[1] ?? "";
    expect(Buffer.from(bytes, "base64")).toHaveLength(32);
  });
});

describe("the verifier", () => {
  test("tells a key that is not there from one that was withdrawn and a DNS that is away", async () => {
    const bytes = compose("r1");
    const results = async (answer: () => Promise<string[]>) => (await verifySignatures(bytes, answer))[0];
    expect(await results(() => Promise.resolve([]))).toMatchObject({
      result: "permanent error",
      reason: /no key record/,
    });
    expect(await results(() => Promise.resolve(["v=DKIM1; p="]))).toMatchObject({ reason: /withdrawn/ });
    expect(await results(() => Promise.reject(new Error("timeout")))).toMatchObject({ result: "temporary error" });
    const [other] = await verifySignatures(bytes, () => lookup("e1._domainkey.example.com"));
    expect(other).toMatchObject({ result: "permanent error", reason: /another kind/ });
  });

  test("finds nothing in a mail without signatures", async () => {
    expect(await verifySignatures(compose(""), lookup)).toEqual([]);
  });

  test("refuses a signature that leaves out From or uses SHA-1, and one past its expiry", async () => {
    const bytes = compose("r1").toString("latin1");
    const verdict = async (from: string | RegExp, to: string, nowMs?: number) =>
      (await verifySignatures(Buffer.from(bytes.replace(from, to), "latin1"), lookup, nowMs))[0]?.reason;
    expect(await verdict("a=rsa-sha256", "a=rsa-sha1")).toMatch(/algorithm/);
    expect(await verdict(/from:/g, "fromm:")).toMatch(/From is not signed/);
    expect(await verdict("v=1;", "v=1; x=1000;", 2_000_000)).toMatch(/expired/);
  });
});
