import { afterEach, describe, expect, it } from "vitest";
import { createCatcherApp } from "../../../src/preview/catcher-app.tsx";
import { type CatcherWithPages, startCatcherWithPages, writeMail } from "../../support/catcher.ts";

let running: CatcherWithPages | undefined;
async function start(...options: Parameters<typeof startCatcherWithPages>): Promise<CatcherWithPages> {
  return (running = await startCatcherWithPages(...options));
}
afterEach(() => running?.stop());

interface Found {
  messages_count: number;
  messages: { Subject: string; ID: string }[];
}

describe("waiting for mails", () => {
  it("answers at once when the mail is there already", async () => {
    const { url, catchMail } = await start();
    await catchMail(writeMail({ subject: "early" }));
    const found = (await (await fetch(`${url}/api/wait?query=subject:early`)).json()) as Found;
    expect(found.messages.map((mail) => mail.Subject)).toEqual(["early"]);
  });

  it("answers when the last of the wanted mails comes, whatever else comes meanwhile", async () => {
    const { url, catchMail } = await start();
    const waiting = fetch(`${url}/api/wait?query=to:grace&count=2&timeout=20000`);
    await catchMail(writeMail({ subject: "first" }), ["grace@example.net"]);
    await catchMail(writeMail({ subject: "other" }));
    await catchMail(writeMail({ subject: "second" }), ["grace@example.net"]);
    const found = (await (await waiting).json()) as Found;
    expect(found.messages.map((mail) => mail.Subject)).toEqual(["second", "first"]);
  });

  it("counts only what came after the mail that is named", async () => {
    const { url, catchMail } = await start();
    const id = await catchMail(writeMail({ subject: "old" }));
    const waiting = fetch(`${url}/api/wait?after=${Number(id.split("-")[0])}&timeout=20000`);
    await catchMail(writeMail({ subject: "new" }));
    expect(((await (await waiting).json()) as Found).messages.map((mail) => mail.Subject)).toEqual(["new"]);
  });

  it("says what was missing when the time is over", async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/api/wait?query=never&timeout=20`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ Error: 'No mail for "never" within 20 ms: 1 wanted, 0 found' });
  });
});

describe("faults by the API", () => {
  it("shows and replaces the rules, counts what happened, and refuses nonsense in words", async () => {
    const { url, catchMail } = await start({ faults: [{ stage: "rcpt", action: { kind: "reply", code: 450 } }] });
    await expect(catchMail(writeMail())).rejects.toThrow(/450/);
    expect(await (await fetch(`${url}/api/faults`)).json()).toEqual({ rules: ["rcpt * 450"], happened: { reply: 1 } });
    const put = (rules: string[]) => fetch(`${url}/api/faults`, { method: "PUT", body: JSON.stringify({ rules }) });
    const bad = await put(["rcpt * 450", "lunch * 450"]);
    expect([bad.status, await bad.text()]).toEqual([
      400,
      expect.stringContaining('The fault "lunch * 450" can\'t be used'),
    ]);
    const rules = ['dot *@x.test 554 "5.7.1 No"', "rcpt * 421 rate=5/1000ms", "mail *@y.test drop share=0.5 times=3"];
    expect(await (await put(rules)).json()).toMatchObject({ rules });
    await catchMail(writeMail());
  });
});

describe("new mail, told as it comes", () => {
  it("sends one event at once and one per burst", async () => {
    const { url, catchMail } = await start();
    const stop = new AbortController();
    const response = await fetch(`${url}/events`, { signal: stop.signal });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const events = readEvents(response);
    expect(await events.next()).toMatchObject({ value: { taken: 0, kept: 0, unread: 0 } });
    await Promise.all([catchMail(writeMail()), catchMail(writeMail()), catchMail(writeMail())]);
    let last = 0;
    let count = 0;
    while (last < 3) {
      last = ((await events.next()).value as { taken: number }).taken;
      count += 1;
    }
    expect(count).toBeLessThanOrEqual(3);
    stop.abort();
  });
});

async function* readEvents(response: Response): AsyncGenerator<unknown> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data) yield JSON.parse(data);
    }
  }
}

describe("the OpenAPI document", () => {
  it("describes only what answers, and leaves out nothing of the API", async () => {
    const { url, catcher, catchMail } = await start();
    await catchMail(writeMail());
    const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const gets = Object.entries(document.paths).filter(([, methods]) => "get" in methods);
    for (const [path] of gets) {
      const concrete = path.replace("{id}", "latest").replace("{part}", "2");
      const answer = await fetch(`${url}${concrete}?query=hello&timeout=1`);
      expect([path, answer.status]).toEqual([path, 200]);
    }
    const { store, faults, smtpUrl } = catcher;
    const answered = createCatcherApp({ store, faults, smtpUrl })
      .routes.filter(({ path, method }) => path.startsWith("/api/") && method !== "ALL")
      .map(({ path, method }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    // Those that only say no, and the description itself.
    const apart = /html-check|sa-check|release|thumb|openapi\.json/;
    expect(described.filter((line) => !line.includes("/view/")).toSorted()).toEqual(
      answered.filter((line) => !apart.test(line)).toSorted(),
    );
    expect((await fetch(`${url}/api/v1/nothing`)).status).toBe(404);
  });
});
