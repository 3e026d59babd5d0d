import { expect, test } from "vitest";
import { connectTo, deadlineIn, messageTo, openTransport, sendOne } from "../../support/smtp-message.ts";
import { answerPlainly, startScriptedServer, startTestServer } from "../../support/smtp-test-server.ts";

const withoutTls = { hideSTARTTLS: true } as const;
const utf8Address = "dømi@xn--exmple-cua.net";

/** A plain server that announces these keywords. */
function startAnnouncing(...keywords: string[]) {
  return startScriptedServer((line, socket) => {
    const lines = ["mx.example.com", ...keywords];
    if (!line.startsWith("EHLO")) return answerPlainly(line, socket);
    socket.write(lines.map((text, index) => `250${index === lines.length - 1 ? " " : "-"}${text}\r\n`).join(""));
  });
}

test("a UTF-8 local part is never given to a server without SMTPUTF8: it is refused in words", async () => {
  const server = await startTestServer({ ...withoutTls, hideSMTPUTF8: true });
  const transport = openTransport(`smtp://127.0.0.1:${server.port}`);
  const connection = await connectTo(transport);
  expect(connection.supportsSmtpUtf8).toBe(false);
  const outcome = await connection.send(messageTo(utf8Address), deadlineIn(), () => true);
  connection.release();
  expect(outcome).toMatchObject({
    type: "refused",
    phase: "mail",
    reply: { code: 553, enhanced: "5.6.7", text: expect.stringMatching(/^not sent: .*SMTPUTF8/) },
  });
  // Nothing of it was said, and the connection is as good as before.
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
  expect(server.mails.map((mail) => mail.to)).toEqual(["ada@example.com"]);
  expect(server.connections()).toBe(1);
});

test("a server called smtputf8 announces nothing by its name", async () => {
  const server = await startScriptedServer((line, socket) => {
    if (line.startsWith("EHLO")) socket.write("250-smtputf8 SMTPUTF8 greets you\r\n250 HELP not SMTPUTF8\r\n");
    else answerPlainly(line, socket);
  });
  const transport = openTransport(`smtp://127.0.0.1:${server.port}`);
  expect(await sendOne(transport, messageTo(utf8Address))).toMatchObject({ type: "refused" });
  expect(server.heard.filter((line) => line.startsWith("MAIL"))).toEqual([]);
});

test("a UTF-8 local part goes out with SMTPUTF8 where it is announced", async () => {
  const server = await startTestServer(withoutTls);
  const transport = openTransport(`smtp://127.0.0.1:${server.port}`);
  expect(await sendOne(transport, messageTo(utf8Address))).toMatchObject({ type: "accepted" });
  expect(server.mails).toMatchObject([{ args: { SMTPUTF8: true } }]);
  expect(server.mails[0]?.to).toContain("dømi@");
});

test("of several servers the one that can take the mail gets it, whichever was free first", async () => {
  const unable = await startTestServer({ ...withoutTls, hideSMTPUTF8: true });
  const able = await startTestServer(withoutTls);
  const transport = openTransport(`smtp://127.0.0.1:${unable.port}?weight=9 smtp://127.0.0.1:${able.port}`);
  for (let index = 0; index < 5; index += 1) {
    expect(await sendOne(transport, messageTo(utf8Address))).toMatchObject({
      type: "accepted",
      server: `127.0.0.1:${able.port}`,
    });
  }
  expect(unable.mails).toEqual([]);
});

test("while the server that could take it is away the mail is deferred, not refused", async () => {
  const unable = await startTestServer({ ...withoutTls, hideSMTPUTF8: true });
  const transport = openTransport(`smtp://127.0.0.1:${unable.port} smtp://127.0.0.1:1`);
  expect(await sendOne(transport, messageTo(utf8Address))).toMatchObject({
    type: "deferred",
    phase: "connect",
    cause: expect.stringContaining("ECONNREFUSED"),
  });
});

test("a message above the server's SIZE is refused here, with both numbers", async () => {
  const server = await startAnnouncing("SIZE 500");
  const transport = openTransport(`smtp://127.0.0.1:${server.port}`);
  const large = messageTo("ada@example.com", { text: `${"x".repeat(400)}\r\n` });
  expect(await sendOne(transport, large)).toMatchObject({
    type: "refused",
    reply: {
      code: 552,
      enhanced: "5.3.4",
      text: expect.stringMatching(new RegExp(`${large.bytes.length} bytes.* 500 `)),
    },
  });
  expect(server.heard.filter((line) => line.startsWith("MAIL"))).toEqual([]);
  const small = messageTo("ada@example.com");
  expect(await sendOne(transport, small)).toMatchObject({ type: "accepted" });
  expect(server.heard).toContain(`MAIL FROM:<bounce@news.example.com> SIZE=${small.bytes.length}`);
});

test("eight-bit bytes are declared where 8BITMIME is announced, and not sent where it is not", async () => {
  const message = messageTo("ada@example.com", { text: "Grüße\r\n" });
  const able = await startAnnouncing("8BITMIME");
  expect(await sendOne(openTransport(`smtp://127.0.0.1:${able.port}`), message)).toMatchObject({ type: "accepted" });
  expect(able.heard).toContain("MAIL FROM:<bounce@news.example.com> BODY=8BITMIME");
  const unable = await startAnnouncing("DSN");
  expect(await sendOne(openTransport(`smtp://127.0.0.1:${unable.port}`), message)).toMatchObject({
    type: "refused",
    reply: { enhanced: "5.6.3" },
  });
});

test("reports are asked for where DSN is announced, and never of success", async () => {
  const server = await startAnnouncing("DSN");
  const message = { ...messageTo("a+b=c@example.com"), messageId: "<1.a+b@news.example.com>" };
  const transport = openTransport(`smtp://127.0.0.1:${server.port}`);
  expect(await sendOne(transport, message)).toMatchObject({ type: "accepted" });
  expect(server.heard).toContain("MAIL FROM:<bounce@news.example.com> RET=HDRS ENVID=1.a+2Bb@news.example.com");
  expect(server.heard).toContain("RCPT TO:<a+b=c@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@example.com");
  const silent = openTransport(`smtp://127.0.0.1:${server.port}?dsn=false`);
  await sendOne(silent, messageTo("ada@example.com"));
  expect(server.heard).toContain("RCPT TO:<ada@example.com>");
});

test("nothing but the plain commands goes to a server that announces nothing", async () => {
  const server = await startScriptedServer(answerPlainly);
  const transport = openTransport(`smtp://127.0.0.1:${server.port}?name=mail.example.com`);
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
  const commands = server.heard.filter((line) => /^[A-Z]{4} |^DATA$/.test(line));
  expect(commands).toEqual([
    "EHLO mail.example.com",
    "MAIL FROM:<bounce@news.example.com>",
    "RCPT TO:<ada@example.com>",
    "DATA",
  ]);
});

test.each([
  "ada\r\nDATA@example.com",
  "ada\u0000@example.com",
  "ada>@example.com",
  "a b@example.com",
  `${"x".repeat(400)}@example.com`,
])("an address that could break out of its command is never written: %j", async (to) => {
  const server = await startScriptedServer(answerPlainly);
  const transport = openTransport(`smtp://127.0.0.1:${server.port}`);
  for (const message of [messageTo(to), messageTo("ada@example.com", { from: to })]) {
    expect(await sendOne(transport, message)).toMatchObject({ type: "refused", reply: { enhanced: "5.1.3" } });
  }
  expect(server.heard.filter((line) => !line.startsWith("EHLO"))).toEqual([]);
});
