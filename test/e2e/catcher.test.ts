import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CatcherWithPages, startCatcherWithPages, writeMail } from "../support/catcher.ts";
import { judgeLooks, launchChromium, type Look } from "../support/chromium.ts";
import { requireProgram } from "../support/require-program.ts";

const executable = requireProgram("chromium");
/** Dozens of pages in a browser on a busy machine. */
const timeoutMs = 180_000;

const looks = [1280, 375].flatMap((width): Look[] => [
  { colorScheme: "light", width },
  { colorScheme: "dark", width, coloursOnly: true },
]);

describe.skipIf(!executable)("the inbox in a real browser", { timeout: timeoutMs }, () => {
  let browser: Browser;
  let running: CatcherWithPages;
  /** Our own web pages, as far as the button and the pictures need them. */
  let own: Server;
  let ownUrl = "";
  const asked: string[] = [];
  /** Every address that a page asked for. */
  const requested: string[] = [];

  beforeAll(async () => {
    own = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        asked.push(`${request.method} ${request.url} ${request.headers["content-type"] ?? ""} ${body}`.trim());
        const isRedirect = request.url?.startsWith("/u/redirect");
        response.writeHead(isRedirect ? 302 : 200, { "content-type": "text/html", location: "/elsewhere" });
        response.end("<h1>You have left</h1><p>No more mail.</p>");
      });
    }).listen(0, "127.0.0.1");
    await once(own, "listening");
    ownUrl = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
    const verifyDkim = async () => [{ domain: "example.com", selector: "s1", result: "fail", reason: "body hash" }];
    [browser, running] = await Promise.all([
      launchChromium(executable as string),
      startCatcherWithPages({}, { ownOrigins: [ownUrl], pictureSources: [`${ownUrl}/pictures/`], verifyDkim }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    own?.closeAllConnections();
    own?.close();
  });
  afterEach(async () => {
    await desk?.goto("about:blank");
    await running.catcher.store.remove(undefined);
  });

  /** One page for all that need none of their own: a new one takes longer than what most of them do. */
  let desk: Page | undefined;
  async function open(path: string): Promise<Page> {
    desk ??= await openNew();
    await desk.goto(`${running.url}${path}`, { waitUntil: "load" });
    return desk;
  }

  async function openNew(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on("request", (request) => requested.push(request.url()));
    return page;
  }

  it("shows how to begin, then each mail by itself as it comes", async () => {
    const page = await open("/");
    await page.getByRole("heading", { name: "Nothing caught yet" }).waitFor();
    expect(await page.getByText(running.catcher.smtpUrl).count()).toBeGreaterThan(0);
    await page.getByText("Live", { exact: true }).waitFor();
    await running.catchMail(writeMail({ subject: "The first" }));
    await page.getByRole("link", { name: /The first/ }).waitFor();
    await running.catchMail(writeMail({ subject: "The second" }));
    await page.getByRole("link", { name: /The second/ }).waitFor();
    await expect.poll(() => page.title()).toBe("(2) Inbox · Broadsheet catcher");
    expect(await page.locator(".rows .subject").allTextContents()).toEqual(["The second", "The first"]);
  });

  it("is driven by keys", async () => {
    for (const subject of ["one", "two", "three"]) await running.catchMail(writeMail({ subject }));
    const page = await open("/");
    // Keys are heard once the script runs, which is when it says "Live".
    const ready = () => page.getByText("Live", { exact: true }).waitFor();
    const heading = async (name: string) => {
      await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
      await ready();
    };
    await ready();
    await page.keyboard.press("j");
    await heading("three");
    await page.keyboard.press("j");
    await heading("two");
    await page.keyboard.press("2");
    await page.locator(".plain").getByText("Hello there").waitFor();
    await ready();
    await page.keyboard.press("k");
    await heading("three");
    // The view stays.
    expect(new URL(page.url()).searchParams.get("view")).toBe("text");
    await page.keyboard.press("u");
    await page.waitForURL(`${running.url}/`);
    await ready();
    expect(running.catcher.store.counts().unread).toBe(2);
    await page.keyboard.press("/");
    await page.keyboard.type("subject:one");
    await page.keyboard.press("Enter");
    await page.getByText("1 mail found").waitFor();
    await ready();
    await page.keyboard.press("j");
    await heading("one");
    await page.keyboard.press("Escape");
    await page.waitForURL(`${running.url}/?q=subject%3Aone`);
    await ready();
    await page.keyboard.press("j");
    await heading("one");
    await page.keyboard.press("Delete");
    await page.getByText("0 mails found").waitFor();
    await ready();
    expect(running.catcher.store.list().map((mail) => mail.subject)).toEqual(["three", "two"]);
    await page.keyboard.press("?");
    await heading("How this works");
  });

  it("asks before it deletes everything", async () => {
    await running.catchMail(writeMail());
    const page = await open("/");
    const questions: string[] = [];
    page.once("dialog", (dialog) => {
      questions.push(dialog.message());
      void dialog.dismiss();
    });
    await page.getByRole("button", { name: "Delete all mails" }).click();
    await expect.poll(() => questions).toEqual(["Delete all 1 mail?"]);
    expect(running.catcher.store.counts().kept).toBe(1);
    page.once("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Delete all mails" }).click();
    await page.getByRole("heading", { name: "Nothing caught yet" }).waitFor();
  });

  it("reads and searches without a script", async () => {
    await running.catchMail(writeMail({ subject: "red" }));
    await running.catchMail(writeMail({ subject: "blue" }));
    const page = await openNew({ javaScriptEnabled: false });
    await page.goto(running.url);
    await page.getByRole("searchbox").fill("subject:red");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: /red/ }).click();
    await page.frameLocator("iframe").getByText("there").waitFor();
    for (const [tab, text] of [
      ["Text", "Hello there"],
      ["Headers", "Message-ID"],
      ["Parts", "figures.csv"],
      ["Raw", "--alternative--"],
      ["Checks", "Envelope"],
    ] as const) {
      await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: tab }).click();
      await page.getByText(text).first().waitFor();
    }
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("0 mails found").waitFor();
    await page.context().close();
  });

  it("shows pictures of its own and of our own origin, others when asked", async () => {
    const html = `<img id="cid" src="cid:dot@example.com"><img id="own" src="${ownUrl}/pictures/a.png"><img id="other" src="${ownUrl}/o/open.gif"><p>Hello</p>`;
    const id = await running.catchMail(writeMail({ html }));
    const page = await open(`/mail/${id}`);
    const frame = page.frameLocator("iframe");
    await frame.getByText("Hello").waitFor();
    expect(await frame.locator("#cid").evaluate((picture) => (picture as HTMLImageElement).naturalWidth)).toBe(1);
    await expect.poll(() => asked).toContain("GET /pictures/a.png");
    await page.getByText("1 remote picture or style not loaded").waitFor();
    expect(asked).not.toContain("GET /o/open.gif");
    await page.getByRole("link", { name: "Load", exact: true }).click();
    await expect.poll(() => asked).toContain("GET /o/open.gif");
  });

  it("shows a mail as readers in the light and in the dark see it", async () => {
    const html =
      "<style>p { color: rgb(1, 2, 3) } @media (prefers-color-scheme: dark) { p { color: rgb(4, 5, 6) } }</style><p>Hello</p>";
    const id = await running.catchMail(writeMail({ html }));
    // Playwright's own choice of a scheme would hold in every frame.
    const page = await openNew({ colorScheme: null });
    await page.goto(`${running.url}/mail/${id}`);
    const colour = () =>
      page
        .frameLocator("iframe")
        .getByText("Hello")
        .evaluate((words) => getComputedStyle(words).color);
    await page.getByRole("link", { name: "Dark" }).click();
    await expect.poll(colour).toBe("rgb(4, 5, 6)");
    await page.getByRole("link", { name: "Light" }).click();
    await expect.poll(colour).toBe("rgb(1, 2, 3)");
    await page.context().close();
  });

  it("downloads the mail and its parts as they are", async () => {
    const raw = writeMail();
    const id = await running.catchMail(raw);
    const page = await open(`/mail/${id}?view=parts`);
    const [whole] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download as a file" }).click(),
    ]);
    expect(whole.suggestedFilename()).toBe(`${id}.eml`);
    const [part] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: /Download part 2/ }).click(),
    ]);
    expect(part.suggestedFilename()).toBe("figures.csv");
  });

  it("tries to unsubscribe by one POST to our own page, shows the answer, and asks nobody else", async () => {
    const oneClick = (url: string) => `List-Unsubscribe: <${url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click`;
    const [good, redirect, foreign] = [
      await running.catchMail(writeMail({ header: oneClick(`${ownUrl}/u/token`) })),
      await running.catchMail(writeMail({ header: oneClick(`${ownUrl}/u/redirect`) })),
      await running.catchMail(writeMail({ header: oneClick("https://list.example.net/leave") })),
    ];
    const page = await open(`/mail/${good}?view=checks`);
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByText("Answered 200: a mail program takes this as done.").waitFor();
    await page.getByText("You have left No more mail.").waitFor();
    expect(asked.at(-1)).toBe("POST /u/token application/x-www-form-urlencoded List-Unsubscribe=One-Click");
    await page.goto(`${running.url}/mail/${redirect}?view=checks`);
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByText("Answered 302: a mail program takes this as failed.").waitFor();
    expect(asked.filter((line) => line.includes("/elsewhere"))).toEqual([]);
    await page.goto(`${running.url}/mail/${foreign}?view=checks`);
    await page.getByText("None of these is a page of our own").waitFor();
    expect(await page.getByRole("button", { name: "Try it" }).count()).toBe(0);
    await page.getByText("body hash").waitFor();
  });

  it("finds our own page in the mail where the header has a mail address only, as on localhost", async () => {
    const header = "List-Unsubscribe: <mailto:leave+abc@example.com?subject=unsubscribe>";
    const id = await running.catchMail(
      writeMail({ header, html: `<a href="${ownUrl}/u/in-the-mail">Unsubscribe</a>` }),
    );
    const page = await open(`/mail/${id}?view=checks`);
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByText("Answered 200").waitFor();
    expect(asked.at(-1)).toContain("POST /u/in-the-mail");
  });

  it("says so when a mail is gone", async () => {
    const page = await open("/mail/00000001-deadbeef");
    await page.getByRole("heading", { name: "Not here" }).waitFor();
  });

  it("axe finds nothing and nothing sticks out, at a desk and on a phone, in the light and in the dark", async () => {
    const page = await open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    expect(await judgeLooks(page, looks)).toEqual([]);
    await page.goto("about:blank"); // the empty page would reload itself in the middle of what follows
    const long = "averylongwordwithoutanyspaceatall".repeat(4);
    const header = `List-Unsubscribe: <${ownUrl}/u/${long}>\r\nX-Broadsheet-Campaign: c12\r\nX-Long: ${long.repeat(3)}`;
    const id = await running.catchMail(
      writeMail({ subject: `Long ${long}`, header, text: `Text ${long} ${ownUrl}/x` }),
    );
    const read = await running.catchMail(writeMail({ subject: "Read already" }));
    running.catcher.store.setRead([read], true);
    running.catcher.store.setTags([id], ["a tag"]);
    running.catcher.faults.setLines(["rcpt *@slow.test slow=1ms"]);
    const views = ["html", "text", "headers", "parts", "raw", "checks"].map(
      (view) => `/mail/${id}?view=${view}&width=680`,
    );
    for (const path of ["/", "/?q=nothing-like-it", ...views, "/help", "/mail/gone"]) {
      await page.goto(`${running.url}${path}`, { waitUntil: "load" });
      await page.getByText("Live", { exact: true }).waitFor();
      expect([path, await judgeLooks(page, looks)]).toEqual([path, []]);
    }
    running.catcher.faults.setLines([]);
  });

  it("asked for nothing that is not on this machine", () => {
    const origins = new Set(
      requested
        .map((address) => new URL(address))
        .map(({ protocol, origin }) => (protocol === "data:" ? protocol : origin)),
    );
    expect([...origins].filter((origin) => ![running.url, ownUrl, "data:"].includes(origin))).toEqual([]);
    expect(origins.has(running.url)).toBe(true);
  });
});
