import { afterEach, describe, expect, it } from "vitest";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Catcher, startCatcher } from "../../../src/adapters/catcher/catcher.ts";
import { createMailReader } from "../../../src/adapters/catcher/mail-reader.ts";
import { readReport } from "../../../src/feedback/read-report.ts";
import { findCorpus } from "../../support/corpora.ts";
import { openSmtpDialog } from "../../support/smtp-dialog.ts";

let catcher: Catcher | undefined;
afterEach(() => catcher?.stop());

/** Sends one mail and answers the report that the catcher kept for want of an address to send it to. */
async function report(recipients: string[], header = "", parameters = "") {
  catcher = await startCatcher({ host: "127.0.0.1", port: 0 });
  const dialog = await openSmtpDialog(catcher.port);
  await dialog.say(`MAIL FROM:<bounce+1.2.x@example.com>${parameters}`);
  for (const recipient of recipients) await dialog.say(`RCPT TO:<${recipient}>`);
  await dialog.say("DATA");
  await dialog.say(`From: a@example.com\r\nMessage-ID: <1.2@example.com>\r\n${header}Subject: S\r\n\r\nBody\r\n.`);
  const found = catcher.store.list().find((mail) => mail.envelope.from === "");
  const raw = found && (await catcher.store.raw(found.id));
  return { to: found?.envelope.to[0]?.address, raw: raw ?? Buffer.alloc(0) };
}

describe("what the catcher sends back, read by our own reader", () => {
  it("is a bounce for each recipient that asked for one, and for no other", async () => {
    const { to, raw } = await report([
      "dsn+a@example.org",
      "fine@example.org",
      "dsn522+b@example.net",
      "dsn447+c@x.test",
    ]);
    expect(to).toBe("bounce+1.2.x@example.com");
    const { kind, findings, aboutMessageId } = readReport(raw);
    expect([kind, aboutMessageId]).toEqual(["bounce", "1.2@example.com"]);
    expect(findings.map(({ recipient, status, kind: finding }) => [recipient, status, finding])).toEqual([
      ["dsn+a@example.org", "5.1.1", "hard"],
      ["dsn522+b@example.net", "5.2.2", "full"],
      ["dsn447+c@x.test", "4.4.7", "soft"],
    ]);
  });

  it("returns the whole mail when the sender asked for that", async () => {
    const { raw } = await report(["dsn+a@example.org"], "", " RET=FULL");
    expect(raw.toString()).toMatch(/Content-Type: message\/rfc822\r\n[^]*Subject: S\r\n\r\nBody\r\n/);
    expect(readReport(raw).aboutMessageId).toBe("1.2@example.com");
  });

  it("is a complaint to where the sender wants complaints", async () => {
    const asked = await report(["complain+a@example.org"], "CFBL-Address: fbl@example.com; report=arf\r\n");
    expect(asked.to).toBe("fbl@example.com");
    const { kind, findings, aboutMessageId } = readReport(asked.raw);
    expect([kind, aboutMessageId]).toEqual(["complaint", "1.2@example.com"]);
    expect(findings).toMatchObject([{ kind: "complaint", recipient: "complain+a@example.org", action: "abuse" }]);
    await catcher?.stop();
    expect((await report(["complain+a@example.org"])).to).toBe("bounce+1.2.x@example.com");
  });
});

const corpus = findCorpus("bounces");

describe.skipIf(!corpus)("mails of forty years", () => {
  it("are all read without a crash, each part's bytes within the mail", async () => {
    const folder = join(corpus as string, "mail");
    const names = await readdir(folder);
    const reader = createMailReader((name) => readFile(join(folder, name)));
    for (const name of names) {
      const raw = await readFile(join(folder, name));
      const content = await reader.content(name);
      const { text } = await reader.glance(name);
      expect([name, content !== undefined && (content.html ?? content.text) !== null]).toEqual([name, true]);
      expect([name, text.trim() !== ""]).toEqual([name, true]);
      expect(content?.root.sizeBytes).toBeLessThanOrEqual(raw.length);
    }
    expect(names.length).toBeGreaterThan(200);
  });
});
