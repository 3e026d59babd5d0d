import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterEach, describe, expect, it } from "vitest";
import { type Catcher, type CatcherOptions, startCatcher } from "../../../src/adapters/catcher/catcher.ts";
import { openSmtpDialog } from "../../support/smtp-dialog.ts";

const open: Catcher[] = [];
async function start(options: Partial<CatcherOptions> = {}): Promise<Catcher> {
  const catcher = await startCatcher({ host: "127.0.0.1", port: 0, ...options });
  open.push(catcher);
  return catcher;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((catcher) => catcher.stop()));
});

const mail = (subject: string, extra = "") =>
  `From: "News, daily" <news@example.com>\r\nTo: ada@example.org\r\nSubject: ${subject}\r\n${extra}\r\nHello\r\n`;

describe("what the catcher takes", () => {
  it("keeps the bytes exactly as they were on the wire, without the dots that SMTP added", async () => {
    const { port, store } = await start();
    const dialog = await openSmtpDialog(port);
    const raw = Buffer.from("Subject: dots\r\n\r\n.\r\n..\r\n.end\r\nlatin1 \xe9\r\nbare\nline\r\n\r\n", "latin1");
    const replies = await dialog.mail("a@example.com", ["b@example.org"], raw);
    expect(replies.at(-1)).toMatch(/^250 2\.0\.0 Ok: caught as \d{8}-[0-9a-f]{8}$/);
    const [caught] = store.list();
    expect(await store.raw(caught!.id)).toEqual(raw);
  });

  it("remembers envelope, client, parameters, time and order", async () => {
    const { port, store } = await start();
    const before = Date.now();
    const dialog = await openSmtpDialog(port);
    await dialog.say(`AUTH PLAIN ${Buffer.from("\0someone\0anything").toString("base64")}`);
    await dialog.say("MAIL FROM:<bounce+1.2.x@example.com> RET=FULL ENVID=1.2 SMTPUTF8");
    await dialog.say("RCPT TO:<ada@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada@example.org");
    await dialog.say("RCPT TO:<dømi@example.org>");
    await dialog.say("DATA");
    await dialog.say(`${mail("First")}.`);
    await dialog.mail("", ["ada@example.org"], mail("Second"));
    const [second, first] = store.list();
    expect(first).toMatchObject({
      sequence: 1,
      subject: "First",
      from: [{ name: "News, daily", address: "news@example.com" }],
      envelope: {
        from: "bounce+1.2.x@example.com",
        to: [
          { address: "ada@example.org", notify: ["FAILURE", "DELAY"], originalRecipient: "rfc822;ada@example.org" },
          { address: "dømi@example.org", notify: [], originalRecipient: null },
        ],
        smtpUtf8: true,
        returnBody: "FULL",
        envelopeId: "1.2",
        client: { address: "127.0.0.1", hello: "client.example.com", user: "someone", tls: false },
      },
    });
    expect(second).toMatchObject({ sequence: 2, subject: "Second", envelope: { from: "" } });
    expect(first!.arrivedAt.getTime()).toBeGreaterThanOrEqual(before);
  });

  it("accepts any credentials by PLAIN and by LOGIN, and mail without any", async () => {
    const { port, store } = await start();
    for (const method of ["PLAIN", "LOGIN", undefined]) {
      const client = createTransport({
        host: "127.0.0.1",
        port,
        ignoreTLS: true,
        ...(method ? { authMethod: method, auth: { user: "who", pass: "ever" } } : {}),
      });
      await client.sendMail({ from: "a@example.com", to: "b@example.org", subject: `by ${method}`, text: "x" });
      client.close();
    }
    expect(store.list().map((caught) => [caught.subject, caught.envelope.client.user])).toEqual([
      ["by undefined", null],
      ["by LOGIN", "who"],
      ["by PLAIN", "who"],
    ]);
  });

  it("speaks STARTTLS with a certificate that a client given it can verify", async () => {
    const { port, store, certificate } = await start();
    const client = createTransport({
      host: "127.0.0.1",
      port,
      requireTLS: true,
      tls: { ca: certificate as string, servername: "localhost" },
    });
    await client.sendMail({ from: "a@example.com", to: "b@example.org", subject: "sealed", text: "x" });
    client.close();
    expect(store.list()[0]?.envelope.client.tls).toBe(true);
  });

  it("announces what it can do, and hides or refuses STARTTLS when told to", async () => {
    const [offered, hidden, off] = await Promise.all([start(), start({ tls: "hidden" }), start({ tls: "off" })]);
    const hello = async (catcher: Catcher) => (await openSmtpDialog(catcher.port)).say("EHLO again.example.com");
    const announced = (await hello(offered)).split("\r\n").map((line) => line.slice(4));
    expect(announced).toEqual(
      expect.arrayContaining(["8BITMIME", "SMTPUTF8", "DSN", "AUTH PLAIN LOGIN", "STARTTLS", "SIZE 26214400"]),
    );
    expect(await hello(hidden)).not.toContain("STARTTLS");
    const dialog = await openSmtpDialog(hidden.port);
    await dialog.startTls(hidden.certificate as string);
    expect(await dialog.say("EHLO sealed.example.com")).toMatch(/^250-/);
    expect(await (await openSmtpDialog(off.port)).say("STARTTLS")).toMatch(/^500 /);
    expect(off.certificate).toBeUndefined();
  });

  it("refuses a mail over the size limit before and after its bytes came, and goes on", async () => {
    const { port, store } = await start({ limits: { messageBytesMax: 1000 } });
    const dialog = await openSmtpDialog(port);
    expect(await dialog.say("MAIL FROM:<a@example.com> SIZE=1001")).toMatch(/^552 /);
    const replies = await dialog.mail("a@example.com", ["b@example.org"], mail("large", `X: ${"y".repeat(1000)}\r\n`));
    expect(replies.at(-1)).toMatch(/^552 /);
    const next = await dialog.mail("a@example.com", ["b@example.org"], mail("small"));
    expect(next.at(-1)).toMatch(/^250 /);
    expect(store.list().map((caught) => caught.subject)).toEqual(["small"]);
  });

  it("takes nothing from a client that leaves in the middle of a mail", async () => {
    const { port, store, stop } = await start();
    const dialog = await openSmtpDialog(port);
    await dialog.say("MAIL FROM:<a@example.com>");
    await dialog.say("RCPT TO:<b@example.org>");
    await dialog.say("DATA");
    dialog.close();
    await stop();
    expect(store.counts().taken).toBe(0);
  });
});

describe("what the catcher keeps", () => {
  it("lets the oldest go first by count and by bytes, and counts every one it ever took", async () => {
    const { port, store } = await start({ limits: { mailsMax: 3, bytesMax: 1000 } });
    const dialog = await openSmtpDialog(port);
    for (const [index, extra] of ["", "", "", "", `X: ${"y".repeat(850)}\r\n`].entries()) {
      const id = `Message-ID: <${index % 4}@example.com>\r\n`;
      await dialog.mail("a@example.com", ["b@example.org"], mail(`mail ${index}`, id + extra));
    }
    expect(store.list().map((caught) => caught.subject)).toEqual(["mail 4"]);
    const { taken, kept, evicted, keptBytes, distinctMessageIds } = store.counts();
    expect({ taken, kept, evicted, distinctMessageIds }).toEqual({
      taken: 5,
      kept: 1,
      evicted: 4,
      distinctMessageIds: 4,
    });
    expect(keptBytes).toBe(store.list()[0]?.sizeBytes);
    expect(store.repeatedMessageIds()).toEqual(["0@example.com"]);
  });

  it("tells whoever watches about each mail, and no longer once they stop watching", async () => {
    const { port, store } = await start({ limits: { mailsMax: 1 } });
    const seen: string[] = [];
    const unwatch = store.watch((event) => seen.push(event.type));
    const dialog = await openSmtpDialog(port);
    await dialog.mail("a@example.com", ["b@example.org"], mail("1"));
    await dialog.mail("a@example.com", ["b@example.org"], mail("2"));
    store.setRead(undefined, true);
    await store.remove(undefined);
    unwatch();
    await dialog.mail("a@example.com", ["b@example.org"], mail("3"));
    expect(seen).toEqual(["taken", "taken", "removed", "changed", "removed"]);
    expect(store.counts()).toMatchObject({ taken: 3, kept: 1, evicted: 1, removed: 1, unread: 1 });
  });

  it("finds the mails of an earlier run on disk, goes on counting, and clears up what a crash left", async () => {
    const folder = await mkdtemp(join(tmpdir(), "broadsheet-catch-"));
    try {
      const first = await start({ onDisk: folder });
      const dialog = await openSmtpDialog(first.port);
      await dialog.mail("a@example.com", ["b@example.org"], mail("one"));
      await dialog.mail("a@example.com", ["b@example.org"], mail("two"));
      const [two] = first.store.list();
      const file = await readFile(join(folder, `${two!.id}.eml`), "utf8");
      expect(file.slice(file.indexOf("\n") + 1)).toBe(mail("two"));
      expect(file).toMatch(/^X-Broadsheet-Caught: \{"id":/);
      await first.stop();
      await writeFile(join(folder, "00000009-0badf00d.eml"), file.slice(0, -1));
      await writeFile(join(folder, "00000010-0badf00d.eml"), "");
      await writeFile(join(folder, "00000011-0badf00d.eml"), file.slice(0, 40));
      await writeFile(join(folder, "notes.txt"), "not the catcher's");

      const second = await start({ onDisk: folder, limits: { mailsMax: 2 } });
      expect(second.store.list().map((caught) => caught.subject)).toEqual(["two", "one"]);
      expect(second.store.list()[0]).toMatchObject({ id: two!.id, envelope: two!.envelope, arrivedAt: two!.arrivedAt });
      await (await openSmtpDialog(second.port)).mail("a@example.com", ["b@example.org"], mail("three"));
      expect(second.store.list().map((caught) => [caught.subject, caught.sequence])).toEqual([
        ["three", 3],
        ["two", 2],
      ]);
      const ids = second.store.list().map(({ id }) => `${id}.eml`);
      expect((await readdir(folder)).toSorted()).toEqual([...ids, "notes.txt"].toSorted());
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("refuses in words a port that is taken and a folder that can't be", async () => {
    const { port } = await start();
    await expect(startCatcher({ host: "127.0.0.1", port })).rejects.toMatchObject({ code: "catcher-port" });
    const folder = "/dev/null/mails";
    await expect(startCatcher({ host: "127.0.0.1", port: 0, onDisk: folder })).rejects.toMatchObject({
      code: "catcher-folder",
    });
  });

  it("turns away the client that is one too many", async () => {
    const { port } = await start({ limits: { clientsMax: 1 } });
    const first = await openSmtpDialog(port);
    expect((await openSmtpDialog(port, { greet: false })).greeting).toMatch(/^421 /);
    expect(await first.say("NOOP")).toMatch(/^250 /);
  });

  it("stops at once though idle clients hold their connections, and twice gives the same promise", async () => {
    const catcher = await start();
    const dialog = await openSmtpDialog(catcher.port);
    expect(catcher.stop()).toBe(catcher.stop());
    await catcher.stop();
    expect(await dialog.hear()).toMatch(/^421 |^$/);
  });
});
