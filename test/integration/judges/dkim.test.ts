import { describe, expect, test } from "vitest";
import { generateDkimKeys } from "../../../src/digest/dkim-keys.ts";
import { createSigner, type Signer } from "../../../src/digest/dkim-signer.ts";
import { personalise } from "../../../src/digest/personalise.ts";
import {
  findNamespaceTrouble,
  judgeByDkimpy,
  judgeByMailauth,
  judgeByOpendkim,
  type Records,
  type Verdict,
} from "../../support/dkim-judges.ts";
import { createRealisticDigest } from "../../support/realistic-digest.ts";
import { requireProgram } from "../../support/require-program.ts";
import { createSampleRecipient, createSampleSettings, slot, createSampleDigest } from "../../support/sample-digest.ts";

const python = requireProgram("python3");
const dkimpy = requireProgram("python3-dkim");
const opendkim = requireProgram("opendkim-testmsg");
const namespaceTrouble = opendkim && python ? findNamespaceTrouble(python) : null;
if (namespaceTrouble !== null) {
  process.stderr.write(
    `SKIPPED: the tests that need opendkim-testmsg, as no namespace can be made here (${namespaceTrouble})\n`,
  );
}

const records = new Map<string, string>();
const signers: Signer[] = (["rsa", "ed25519"] as const).map((kind) => {
  const { privateKey, record } = generateDkimKeys("example.com", kind, kind);
  records.set(record.name, record.value);
  return createSigner({ domain: "example.com", selector: kind, privateKey });
});

type Judge = (records: Records, mails: readonly Buffer[], signatures: number) => Verdict[] | Promise<Verdict[]>;

const judges: [name: string, judge: Judge, here: boolean][] = [
  [
    "OpenDKIM",
    (dns, mails) => judgeByOpendkim(opendkim as string, python as string, dns, mails),
    opendkim !== undefined && python !== undefined && namespaceTrouble === null,
  ],
  ["dkimpy", (dns, mails, signatures) => judgeByDkimpy(dkimpy as string, dns, mails, signatures), dkimpy !== undefined],
  ["mailauth", judgeByMailauth, true],
];

/** Mails that are awkward to sign: other scripts, both encodings, values that look like structure. */
function composeAll(selectors: string): Buffer[] {
  const settings = createSampleSettings();
  const english = createRealisticDigest();
  const japanese = createSampleDigest({
    text: {
      chunks: ["こんにちは、".repeat(200), "さん\n\n. From here\n", "\n"],
      slots: [slot("subscriber.firstName", "text", "読者"), slot("link.unsubscribe", "text")],
    },
    subject: { chunks: ["五月の新着: ", ""], slots: [slot("subscriber.firstName", "header", "読者")] },
    sender: { fromName: "ニュース", listName: "毎月のニュース" },
  });
  const firstNames = ["Ada", "李小龍", "שרה 🎉", ".hidden  blanks ", "From here", "x".repeat(300)];
  return [english, japanese].flatMap((digest) =>
    firstNames.map(
      (firstName) =>
        personalise(digest, createSampleRecipient({ selectors, values: { firstName } }), settings, signers).bytes,
    ),
  );
}

function change(mail: Buffer, from: string | RegExp, to: string): Buffer {
  const changed = Buffer.from(mail.toString("latin1").replace(from, to), "latin1");
  if (changed.equals(mail)) throw new Error(`Nothing in the mail matches ${from}.`);
  return changed;
}

const signedFields = [
  "From",
  "To",
  "Reply-To",
  "Subject",
  "Date",
  "Message-ID",
  "MIME-Version",
  "Content-Type",
  "List-Id",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "Feedback-ID",
];

function tamper(mail: Buffer): [what: string, mail: Buffer][] {
  return [
    ...signedFields.map((name): [string, Buffer] => [
      `${name} changed`,
      change(mail, new RegExp(`^(${name}:\\s+)(\\S)`, "m"), "$1x$2"),
    ]),
    ...["From", "Subject", "To", "List-Unsubscribe", "List-Unsubscribe-Post"].map((name): [string, Buffer] => [
      `a second ${name} on top`,
      Buffer.concat([Buffer.from(`${name}: evil@example.net\r\n`), mail]),
    ]),
    ["a word of the body changed", change(mail, "High Street", "Low Street")],
    ["a line added to the body", Buffer.concat([mail, Buffer.from("more\r\n")])],
  ];
}

describe.each(judges)("%s", (_, judge, here) => {
  test.skipIf(!here).each(["rsa", "ed25519", "rsa,ed25519"])("verifies what is signed with %s", async (selectors) => {
    const verdicts = await judge(records, composeAll(selectors), selectors.split(",").length);
    expect(verdicts.filter(({ holding }) => holding !== "all")).toEqual([]);
    expect(verdicts).toHaveLength(12);
  });

  test.skipIf(!here).each(["rsa", "ed25519", "rsa,ed25519"])(
    "rejects every change of a mail signed with %s",
    async (selectors) => {
      const [mail = Buffer.alloc(0)] = composeAll(selectors);
      const changes = tamper(mail);
      const verdicts = await judge(
        records,
        changes.map(([, changed]) => changed),
        selectors.split(",").length,
      );
      const passed = changes.filter((_change, index) => verdicts[index]?.holding !== "none").map(([what]) => what);
      expect(passed).toEqual([]);
    },
  );
});
