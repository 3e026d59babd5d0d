import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { personalise } from "../../../src/digest/personalise.ts";
import { createRealisticDigest } from "../../support/realistic-digest.ts";
import { requireProgram } from "../../support/require-program.ts";
import { createSampleDigest, createSampleRecipient, createSampleSettings, slot } from "../../support/sample-digest.ts";

const python = requireProgram("python3");
const spamassassin = requireProgram("spamassassin");

/** SpamAssassin compiles its rules at each start. */
const readerMsMax = 60_000;

/** Parses each mail strictly and says what it found, with every defect of every part and field. */
const pythonScript = `
import base64, email, json, sys
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr
def mailbox(raw):
    # Some versions of the new policy keep the blank between two encoded-words of a name (RFC 2047 section 6.2
    # drops it), so names are read by the older functions.
    name, address = parseaddr(raw)
    return [str(make_header(decode_header(name))), address]
found = []
for mail in json.load(sys.stdin):
    message = email.message_from_bytes(base64.b64decode(mail), policy=policy.default)
    raw = email.message_from_bytes(base64.b64decode(mail))
    defects = []
    for part in message.walk():
        defects += [type(defect).__name__ for defect in part.defects]
        for name, value in part.items():
            defects += [name + ": " + type(defect).__name__ for defect in value.defects]
    found.append({
        "defects": defects,
        "subject": str(message["subject"]),
        "from": mailbox(raw["from"])[0],
        "to": mailbox(raw["to"]),
        "text": message.get_body(("plain",)).get_content().replace("\\r\\n", "\\n"),
        "html": message.get_body(("html",)).get_content().replace("\\r\\n", "\\n"),
        "date": message["date"].datetime.isoformat(),
    })
print(json.dumps(found))
`;

interface PythonView {
  readonly defects: readonly string[];
  readonly subject: string;
  readonly from: string;
  readonly to: readonly [name: string, address: string];
  readonly text: string;
  readonly html: string;
  readonly date: string;
}

function readByPython(mails: readonly Buffer[]): PythonView[] {
  const input = JSON.stringify(mails.map((mail) => mail.toString("base64")));
  const run = spawnSync(python as string, ["-c", pythonScript], { input, encoding: "utf8", timeout: readerMsMax });
  if (run.status !== 0) throw new Error(`Python could not read the mails: ${run.stderr}`);
  return JSON.parse(run.stdout) as PythonView[];
}

const names = [
  "Ada",
  "李小龍",
  "שרה 🎉",
  'Lovelace, "Ada" \\',
  ".hidden  blanks",
  "From here",
  "x y".repeat(100),
  "e\u0301\u{1f1ea}\u{1f1f8}",
];

describe.skipIf(!python)("Python's email package with policy.default", () => {
  const settings = createSampleSettings();

  test("finds no defect in realistic mails and reads names, subject and parts as they were given", () => {
    const digest = createRealisticDigest();
    const mails = names.map(
      (firstName) =>
        personalise(digest, createSampleRecipient({ values: { firstName }, zone: "Asia/Tokyo" }), settings, []).bytes,
    );
    const views = readByPython(mails);
    views.forEach((view, index) => {
      const name = (names[index] as string).replace(/ +/g, " ");
      expect(view.defects).toEqual([]);
      expect(view.subject).toBe(`New in May: tokens, meetings and a workshop, ${name}`);
      expect(view.to).toEqual([name, "ada@example.org"]);
      expect(view.text).toContain(`Good morning, ${names[index]}, and welcome`);
      expect(view.html.endsWith("</html>\n")).toBe(true);
      expect(view.date).toBe("2024-05-31T09:00:00+00:00");
    });
  });

  test("reads a mail in base64 with slots in every alignment", () => {
    const text = (length: number) => ({
      chunks: ["日本語の本文です。".repeat(40), "x".repeat(length), "終わり\n"],
      slots: [slot("subscriber.firstName", "text"), slot("subscriber.firstName", "text")],
    });
    const sender = { fromName: "毎月のニュース、長い名前を持つ送信者の例として", listName: "ニュース" };
    const lengths = [0, 1, 2, 3, 4, 5];
    const mails = lengths.flatMap((length) =>
      ["a", "ab", "abc"].map(
        (firstName) =>
          personalise(
            createSampleDigest({ text: text(length), sender }),
            createSampleRecipient({ values: { firstName } }),
            settings,
            [],
          ).bytes,
      ),
    );
    const views = readByPython(mails);
    expect(views.flatMap((view) => view.defects)).toEqual([]);
    expect(views.map((view) => view.from)).toEqual(views.map(() => sender.fromName));
    expect(views.map((view) => view.text)).toEqual(
      lengths.flatMap((length) =>
        ["a", "ab", "abc"].map(
          (name) => `${"日本語の本文です。".repeat(40)}${name}${"x".repeat(length)}${name}終わり\n`,
        ),
      ),
    );
  });
});

describe.skipIf(!spamassassin)("SpamAssassin", () => {
  test("scores a realistic mail below 0.5, without its network tests", () => {
    const mail = personalise(createRealisticDigest(), createSampleRecipient(), createSampleSettings(), []).bytes;
    const run = spawnSync(spamassassin as string, ["-t", "-L", "-x"], {
      input: mail,
      encoding: "utf8",
      timeout: readerMsMax,
    });
    const report = run.stdout.slice(run.stdout.indexOf("Content analysis details:"));
    const score = Number(/\((-?[\d.]+) points/.exec(report)?.[1] ?? Number.NaN);
    expect(score, report).toBeLessThan(0.5);
  });
});
