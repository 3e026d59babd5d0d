import { MailpitClient } from "mailpit-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CatcherWithPages, startCatcherWithPages, writeMail } from "../../support/catcher.ts";

let running: CatcherWithPages;
let client: MailpitClient;
beforeAll(async () => {
  running = await startCatcherWithPages();
  client = new MailpitClient(running.url);
});
afterAll(() => running.stop());
beforeEach(() => client.deleteMessages());

describe("the client mailpit-api, unchanged", () => {
  it("lists mails newest first, in pages", async () => {
    for (const subject of ["one", "two", "three"]) await running.catchMail(writeMail({ subject }));
    const list = await client.listMessages(1, 1);
    expect(list).toMatchObject({ total: 3, unread: 3, messages_count: 3, messages_unread: 3, start: 1, count: 1 });
    expect(list.messages.map((mail) => mail.Subject)).toEqual(["two"]);
    expect(list.messages[0]).toMatchObject({
      From: { Name: "News, daily", Address: "news@example.com" },
      To: [{ Name: "Ada", Address: "ada@example.org" }],
      Cc: [],
      Bcc: [],
      ReplyTo: [],
      MessageID: "1.2@example.com",
      Read: false,
      Attachments: 2,
      Snippet: "Hello there",
      Tags: [],
    });
  });

  it("reads one mail, its headers, source and files, and marks it read", async () => {
    const raw = writeMail({
      header: "List-Unsubscribe: <https://example.com/u/1>,\r\n <mailto:leave@example.com>",
    });
    const id = await running.catchMail(raw, ["ada@example.org", "hidden@example.net"], "bounce@example.com");
    const mail = await client.getMessageSummary();
    expect(mail).toMatchObject({
      ID: id,
      Subject: "Hello",
      ReturnPath: "bounce@example.com",
      Bcc: [{ Name: "", Address: "hidden@example.net" }],
      Date: "2026-12-01T08:00:00.000Z",
      Size: Buffer.byteLength(raw),
      ListUnsubscribe: { Links: ["https://example.com/u/1", "mailto:leave@example.com"] },
    });
    expect([mail.Text.trim(), mail.HTML.trim()]).toEqual(["Hello there", "<p>Hello <b>there</b></p>"]);
    expect(mail.Inline).toMatchObject([{ ContentID: "dot@example.com", ContentType: "image/png", PartID: "1.2" }]);
    expect(mail.Attachments).toMatchObject([
      { FileName: "figures.csv", ContentType: "text/csv", PartID: "2", Size: 10 },
    ]);
    expect(mail.Attachments[0]?.Checksums.SHA256).toMatch(/^[0-9a-f]{64}$/);
    const file = await client.getMessageAttachment(id, "2");
    expect(await file.text()).toBe("a,b\r\n1,2\r\n");
    expect(file.type).toBe("text/csv");
    expect(await client.getMessageSource(id)).toBe(raw);
    expect(await client.getMessageHeaders(id)).toMatchObject({
      "Message-Id": ["<1.2@example.com>"],
      "List-Unsubscribe": ["<https://example.com/u/1>, <mailto:leave@example.com>"],
    });
    expect((await client.listMessages()).unread).toBe(0);
    expect((await client.getAttachmentThumbnail(id, "1.2")).type).toBe("image/png");
  });

  it("renders HTML and text for tests of a user interface", async () => {
    await running.catchMail(writeMail());
    expect(await client.renderMessageHTML()).toContain("<p>Hello <b>there</b></p>");
    expect((await client.renderMessageText()).trim()).toBe("Hello there");
  });

  it("searches, and deletes what a search finds", async () => {
    for (const subject of ["red apple", "green apple", "red pear"]) await running.catchMail(writeMail({ subject }));
    const found = await client.searchMessages({ query: "subject:apple -green" });
    expect(found).toMatchObject({ total: 3, messages_count: 1 });
    expect(await client.deleteMessagesBySearch({ query: "apple" })).toBe("ok");
    expect((await client.listMessages()).messages.map((mail) => mail.Subject)).toEqual(["red pear"]);
  });

  it("waits by polling, as it does with Mailpit", async () => {
    const waiting = client.waitForMessage({ query: "subject:late" }, { timeout: 5_000, interval: 20 });
    await running.catchMail(writeMail({ subject: "late" }));
    expect((await waiting).Subject).toBe("late");
    expect((await client.waitForMessages({ count: 1 }, { interval: 20 })).messages_count).toBe(1);
  });

  it("sets whether mails are read: by ids, by search, all", async () => {
    const first = await running.catchMail(writeMail({ subject: "one" }));
    await running.catchMail(writeMail({ subject: "two" }));
    const unread = async () =>
      (await client.searchMessages({ query: "is:unread" })).messages.map((mail) => mail.Subject);
    expect(await client.setReadStatus({ IDs: [first], Read: true })).toBe("ok");
    expect(await unread()).toEqual(["two"]);
    await client.setReadStatus({ Search: "subject:one", Read: false });
    expect(await unread()).toEqual(["two", "one"]);
    await client.setReadStatus({ Read: true });
    expect(await unread()).toEqual([]);
  });

  it("deletes by ids, then all", async () => {
    const first = await running.catchMail(writeMail({ subject: "one" }));
    await running.catchMail(writeMail({ subject: "two" }));
    await client.deleteMessages({ IDs: [first] });
    expect((await client.listMessages()).messages.map((mail) => mail.Subject)).toEqual(["two"]);
    await client.deleteMessages();
    expect((await client.listMessages()).total).toBe(0);
  });

  it("tags mails, renames a tag and takes it off", async () => {
    const id = await running.catchMail(writeMail());
    await client.setTags({ IDs: [id], Tags: ["First tag", "other<>"] });
    expect(await client.getTags()).toEqual(["First tag", "other"]);
    await client.renameTag("First tag", "second");
    expect((await client.getMessageSummary()).Tags).toEqual(["second", "other"]);
    expect((await client.searchMessages({ query: "tag:second" })).messages_count).toBe(1);
    await client.deleteTag("second");
    expect(await client.getTags()).toEqual(["other"]);
  });

  it("puts a composed mail into the catch", async () => {
    const { ID } = await client.sendMessage({
      From: { Email: "ops@example.com", Name: "Ops, Zürich" },
      To: [{ Email: "ada@example.org" }],
      Bcc: ["hidden@example.net"],
      Subject: "Grüße aus einer sehr langen Betreffzeile, die nicht in ein einziges kodiertes Wort passt",
      Text: "plain",
      HTML: '<img src="cid:dot"> rich',
      Tags: ["sent"],
      Headers: { "X-Campaign": "spring" },
      Attachments: [
        { Filename: "dot.png", Content: "iVBORw0KGgo=", ContentID: "dot", ContentType: "image/png" },
        { Filename: "list.txt", Content: Buffer.from("one\n").toString("base64") },
      ],
    });
    const mail = await client.getMessageSummary(ID);
    expect(mail).toMatchObject({
      From: { Name: "Ops, Zürich", Address: "ops@example.com" },
      Subject: "Grüße aus einer sehr langen Betreffzeile, die nicht in ein einziges kodiertes Wort passt",
      Bcc: [{ Address: "hidden@example.net" }],
      Tags: ["sent"],
      Inline: [{ ContentID: "dot", FileName: "dot.png" }],
      Attachments: [{ FileName: "list.txt", Size: 4 }],
    });
    expect([mail.Text.trim(), mail.HTML.trim()]).toEqual(["plain", '<img src="cid:dot"> rich']);
    expect((await client.getMessageHeaders(ID))["X-Campaign"]).toEqual(["spring"]);
    await expect(client.sendMessage({ From: { Email: "nobody" }, To: [] })).rejects.toThrow(/400/);
  });

  it("tells what it is, and sets chaos as fault rules", async () => {
    await running.catchMail(writeMail());
    expect(await client.getInfo()).toMatchObject({ Messages: 1, Unread: 1 });
    expect(await client.getConfiguration()).toMatchObject({ ChaosEnabled: true, SpamAssassin: false });
    running.catcher.faults.setLines(["rcpt *@slow.test slow=1ms"]);
    const set = await client.setChaosTriggers({ Recipient: { ErrorCode: 452, Probability: 100 } });
    expect(set.Recipient).toEqual({ ErrorCode: 452, Probability: 100 });
    expect(running.catcher.faults.lines()).toEqual(["rcpt *@slow.test slow=1ms", "rcpt * 452 share=1"]);
    await expect(running.catchMail(writeMail())).rejects.toThrow(/452/);
    expect((await client.setChaosTriggers()).Recipient.Probability).toBe(0);
    expect(await client.getChaosTriggers()).toMatchObject({ Sender: { ErrorCode: 451, Probability: 0 } });
    running.catcher.faults.setLines([]);
  });

  it("lists links without asking them, and says where the other checks are", async () => {
    await running.catchMail(writeMail({ html: '<a href="https://example.com/a?b=1&amp;c=2">x</a>' }));
    expect(await client.linkCheck()).toMatchObject({
      Errors: 0,
      Links: [{ URL: "https://example.com/a?b=1&c=2", StatusCode: 0 }],
    });
    await expect(client.htmlCheck()).rejects.toThrow(/501/);
    await expect(client.spamAssassinCheck()).rejects.toThrow(/501/);
    await expect(client.releaseMessage("latest", { To: ["x@example.org"] })).rejects.toThrow(/never relays/);
    await expect(client.getMessageSummary("nothing")).rejects.toThrow(/404/);
  });
});

describe("what cypress-mailpit asks for", () => {
  const ask = (path: string, init?: RequestInit) => fetch(`${running.url}/${path}`, init);
  const json = { "content-type": "application/json" };

  it("gets lists, mails and bodies by its own spelling of the paths", async () => {
    const id = await running.catchMail(writeMail({ subject: "Hello Cypress" }));
    const list = (await (await ask("api/v1/messages?start=0&limit=50")).json()) as { messages: unknown[] };
    expect(list.messages).toHaveLength(1);
    const found = await (await ask("api/v1/search?query=subject%3AHello+Cypress&start=0&limit=50")).json();
    expect(found).toMatchObject({ messages_count: 1 });
    expect(await (await ask("api/v1/message/latest")).json()).toMatchObject({ ID: id });
    // It joins its base address with a slash too many.
    expect(await (await ask(`/view/${id}.html`)).text()).toContain("<p>Hello <b>there</b></p>");
    expect(await (await ask(`/view/${id}.txt`)).text()).toContain("Hello there");
  });

  it("sends, marks and deletes with the bodies that it sends", async () => {
    const body = JSON.stringify({
      Attachments: [{ FileName: "a.txt", Content: "YQ==" }],
      Bcc: ["bcc@example.com"],
      Cc: [{ Email: "cc@example.com", Name: "CC" }],
      From: { Email: "from@example.com", Name: "From" },
      HTML: "<p>hello</p>",
      Headers: {},
      ReplyTo: [{ Email: "replyto@example.com", Name: "ReplyTo" }],
      Subject: "Hello",
      Tags: [],
      Text: "hello",
      To: [{ Email: "jane@example.com", Name: "Jane" }],
    });
    const { ID } = (await (await ask("api/v1/send", { method: "POST", headers: json, body })).json()) as { ID: string };
    const mail = await (await ask(`api/v1/message/${ID}`)).json();
    expect(mail).toMatchObject({ Attachments: [{ FileName: "a.txt" }], Cc: [{ Address: "cc@example.com" }] });
    const unread = JSON.stringify({ IDs: [], Read: false });
    expect(await (await ask("api/v1/messages", { method: "PUT", headers: json, body: unread })).text()).toBe("ok");
    expect(await (await ask("api/v1/search?query=is:unread")).json()).toMatchObject({ messages_count: 1 });
    await ask("api/v1/search?query=to:jane@example.com", { method: "DELETE" });
    expect(await (await ask("api/v1/messages")).json()).toMatchObject({ total: 0 });
    await ask("api/v1/messages", { method: "DELETE" });
  });
});
