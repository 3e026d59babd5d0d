import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CatcherWithPages, startCatcherWithPages, writeMail } from "../../support/catcher.ts";

let running: CatcherWithPages;
beforeAll(async () => {
  running = await startCatcherWithPages();
  const mails: [Parameters<typeof writeMail>[0], string[], string][] = [
    [{ subject: "Red apple", header: "X-Broadsheet-Campaign: spring-2026" }, ["ada@example.org"], "a@example.com"],
    [{ subject: "Green pear", header: "Feedback-ID: c12:list-news:exmpl" }, ["grace@example.net"], "b@example.com"],
    [{ subject: "=?utf-8?B?R3LDvMOfZQ==?=", text: "A quiet word =C3=A4hnlich" }, ["bo@example.org"], "c@example.com"],
    [
      { subject: "Big one", html: `<p>${"long ".repeat(5000)}needle&nbsp;in hay</p>`, text: " " },
      ["bo@example.org"],
      "",
    ],
  ];
  for (const [mail, to, from] of mails) await running.catchMail(writeMail(mail), to, from);
  // Nothing but HTML, and a header folded over three lines.
  await running.catchMail(
    "From: x@example.com\r\nSubject: Only HTML\r\nList-Id: Community\r\n news\r\n\t<news.example.com>\r\nContent-Type: text/html\r\n\r\n<title>hidden</title><p>visible <!-- secret --> words</p>\r\n",
  );
  running.catcher.store.setTags([running.catcher.store.list()[0]?.id ?? ""], ["keep"]);
  running.catcher.store.setRead([running.catcher.store.list()[1]?.id ?? ""], true);
});
afterAll(() => running.stop());

async function find(query: string): Promise<string[]> {
  const answer = await fetch(`${running.url}/api/v1/search?query=${encodeURIComponent(query)}&tz=UTC`);
  const { messages } = (await answer.json()) as { messages: { Subject: string }[] };
  return messages.map((mail) => mail.Subject);
}

const all = ["Only HTML", "Big one", "Grüße", "Green pear", "Red apple"];

describe("searching the catch", () => {
  it.each([
    ["apple", ["Red apple"]],
    ["GRÜSSE", []],
    ["grüße", ["Grüße"]],
    ["subject:pear", ["Green pear"]],
    ['subject:"red apple"', ["Red apple"]],
    ["to:grace", ["Green pear"]],
    ["from:b@example.com", ["Green pear"]],
    ['from:"news, daily"', ["Big one", "Grüße", "Green pear", "Red apple"]],
    ["bcc:bo@example.org", ["Big one", "Grüße"]],
    ["campaign:spring", ["Red apple"]],
    ["campaign:c12", ["Green pear"]],
    ["header:Feedback-ID=list-news", ["Green pear"]],
    ["header:x-broadsheet-campaign", ["Red apple"]],
    ['header:List-Id="news <news"', ["Only HTML"]],
    ["message-id:1.2@example.com -campaign:c12 -larger:10kb", ["Grüße", "Red apple"]],
    ["larger:20kb", ["Big one"]],
    ["smaller:300", ["Only HTML"]],
    ["tag:keep", ["Only HTML"]],
    ["is:tagged", ["Only HTML"]],
    ["is:read", ["Big one"]],
    ["!is:read -has:attachment", ["Only HTML"]],
    ["has:inline", ["Big one", "Grüße", "Green pear", "Red apple"]],
    ["visible words", ["Only HTML"]],
    ["hidden", []],
    ["secret", []],
    ["example.org addressed:ada@", all],
    ["after:2020-01-01 before:2020-01-02", []],
    ["after:2020-01-01T00:00:00Z", all],
    ["before:nonsense", all],
    ["subject:", []],
    ["-zzz", all],
    ["apple pear", []],
  ])("%s", async (query, subjects) => {
    expect(await find(query)).toEqual(subjects);
  });

  it("reads far into a long body, and not without end", async () => {
    expect(await find("needle")).toEqual(["Big one"]);
  });
});
