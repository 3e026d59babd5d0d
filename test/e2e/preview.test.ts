import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startCatcher, type Catcher } from "../../src/adapters/catcher/catcher.ts";
import { readConfig } from "../../src/app/config.ts";
import { type CatcherPages, startCatcherPages } from "../../src/preview/catcher-pages.ts";
import { type PreviewServer, startPreviewServer } from "../../src/preview/preview-server.ts";
import { judgeLooks, launchChromium, type Look, runAxe } from "../support/chromium.ts";
import { requireProgram } from "../support/require-program.ts";

const executable = requireProgram("chromium");

const issueText = (words: string): string => `template: digest
lang: en
subject: "{{subscriber.firstName|Reader}}, what is new"
preheader: Enough words to say why somebody would want to read on this time.
title: What is new
date: 2026-11-20
blocks:
  - type: text
    text: |
      Hello {{subscriber.firstName|there}}, ${words}
  - type: text
    audience: plan = "pro"
    text: Only for those who pay.
`;

const looks: readonly Look[] = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 390 },
];

describe.skipIf(!executable)("the preview in a real browser", { timeout: 180_000 }, () => {
  let browser: Browser;
  let server: PreviewServer;
  let catcher: Catcher;
  let inbox: CatcherPages;
  let folder: string;
  let issueFile: string;
  let templates: string;
  /** Every address that a page asked for. */
  const requested: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "broadsheet-preview-"));
    templates = join(folder, "templates");
    cpSync("templates", templates, { recursive: true });
    const issues = join(folder, "issues");
    cpSync("issues", issues, { recursive: true });
    issueFile = join(issues, "2026-11-20-new.yaml");
    writeFileSync(issueFile, issueText("welcome."));
    const config = { ...readConfig({ DATA_DIR: join(folder, "data") }), catcherWebPort: 0 };
    catcher = await startCatcher({ host: config.host, port: 0, tls: "hidden" });
    inbox = await startCatcherPages(catcher, config);
    [browser, server] = await Promise.all([
      launchChromium(executable as string),
      startPreviewServer({
        config,
        issuesRoot: issues,
        templatesRoot: templates,
        port: 0,
        catcher,
        inboxUrl: inbox.url,
        smtpUrl: catcher.smtpUrl,
        openPool: async () => null,
      }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await inbox?.stop();
    await catcher?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => writeFileSync(issueFile, issueText("welcome.")));

  /** One page for all of them: a new one takes longer than what most of them do. */
  let desk: Page | undefined;
  async function open(path = ""): Promise<Page> {
    if (!desk) {
      desk = await browser.newPage();
      desk.on("request", (request) => requested.push(request.url()));
    }
    await desk.goto(`${server.url}/?issue=2026-11-20-new.yaml${path}`, { waitUntil: "load" });
    return desk;
  }
  const isLive = (page: Page) => page.getByText("Live", { exact: true }).waitFor();
  /** The frame that is seen, not the one that is on its way. */
  const mailOf = (page: Page) => page.frameLocator("#stage iframe:not(.incoming)");

  it("shows every saved issue by itself", async () => {
    const page = await open();
    await isLive(page);
    await mailOf(page).getByText("Hello there, welcome.").waitFor();
    for (const words of ["saved once.", "saved twice."]) {
      writeFileSync(issueFile, issueText(words));
      await mailOf(page).getByText(`Hello there, ${words}`).waitFor();
    }
  });

  it("shows a changed template and theme, and nothing of another template's", async () => {
    const page = await open();
    await isLive(page);
    const partial = join(templates, "shared", "masthead.mjml.hbs");
    const before = readFileSync(partial, "utf8");
    const other = join(templates, "letter", "text.hbs");
    writeFileSync(other, `${readFileSync(other, "utf8")}\nsomething\n`);
    writeFileSync(
      partial,
      `<mj-section><mj-column><mj-text>A line of the template</mj-text></mj-column></mj-section>\n${before}`,
    );
    await mailOf(page).getByText("A line of the template").waitFor();
    writeFileSync(partial, before);
    await mailOf(page).getByText("A line of the template").waitFor({ state: "detached" });
  });

  it("says what is wrong with its line over the last good view, and recovers", async () => {
    const page = await open();
    await isLive(page);
    await mailOf(page).getByText("Hello there, welcome.").waitFor();
    writeFileSync(issueFile, issueText("welcome.").replace("type: text", "type: tekst"));
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toContain("2026-11-20-new.yaml:8:");
    expect(await alert.locator(".it").textContent()).toContain("type: tekst");
    expect(await mailOf(page).getByText("Hello there, welcome.").count()).toBe(1);
    expect(await runAxe(page)).toEqual([]);
    writeFileSync(issueFile, issueText("better."));
    await mailOf(page).getByText("Hello there, better.").waitFor();
    await alert.waitFor({ state: "detached" });
  });

  it("places what is wrong with a template in the template", async () => {
    const page = await open();
    await isLive(page);
    const layout = join(templates, "digest", "layout.mjml.hbs");
    const before = readFileSync(layout, "utf8");
    writeFileSync(layout, `${before}\n{{nothing.of.the.kind}}\n`);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toContain("digest/layout.mjml.hbs");
    writeFileSync(layout, before);
    await alert.waitFor({ state: "detached" });
  });

  it("turns dark by a click and by a key, as the mail asks for or against its will", async () => {
    const page = await open();
    await isLive(page);
    const ground = () =>
      mailOf(page)
        .locator(".card")
        .first()
        .evaluate((card) => getComputedStyle(card).backgroundColor);
    expect(await ground()).toBe("rgb(255, 255, 255)");
    await page.getByRole("link", { name: "Dark", exact: true }).click();
    await isLive(page);
    expect(await ground()).toBe("rgb(30, 29, 27)");
    await page.keyboard.press("f");
    await page.waitForURL(/scheme=forced/);
    expect(await ground()).toBe("rgb(18, 18, 18)");
  });

  it("shows another reader and another variant, by form, link and key", async () => {
    const page = await open();
    await isLive(page);
    expect(await page.locator("h1").textContent()).toBe("Reader, what is new");
    await page.getByLabel("firstName").fill("Ada");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("heading", { name: "Ada, what is new" }).waitFor();
    await mailOf(page).getByText("Hello Ada, welcome.").waitFor();
    expect(await mailOf(page).getByText("Only for those who pay.").count()).toBe(0);
    await page.getByRole("link", { name: /^Variant 1/ }).click();
    await mailOf(page).getByText("Only for those who pay.").waitFor();
  });

  it("sends a test, and leads to the caught copy with the very bytes", async () => {
    const page = await open("&a.firstName=Grace");
    await isLive(page);
    await page.getByLabel("Send to").fill("ada@example.com");
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByText("Sent to ada@example.com.").waitFor();
    const [mail] = catcher.store.list();
    expect(mail).toMatchObject({ subject: "Grace, what is new", envelope: { to: [{ address: "ada@example.com" }] } });
    const link = await page.getByRole("link", { name: "See the caught copy" }).getAttribute("href");
    expect(link).toBe(`${inbox.url}/mail/${mail?.id}`);
  });

  it("has nothing that axe finds, in any view, light and dark, wide and narrow", async () => {
    const views = ["mail", "text", "outline", "source", "headers", "parts", "raw", "weight", "diff", "checks"];
    for (const view of views) {
      const page = await open(`&view=${view}`);
      expect({ view, findings: await judgeLooks(page, looks) }).toEqual({ view, findings: [] });
    }
  });

  it("explains its keys, and moves by them", async () => {
    const page = await open();
    await isLive(page);
    await page.keyboard.press("?");
    await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("2");
    await page.waitForURL(/view=text/);
  });

  it("lets a hostile mail run nothing, load nothing and ask nothing of the preview", async () => {
    const partial = join(templates, "shared", "masthead.mjml.hbs");
    const before = readFileSync(partial, "utf8");
    await catcher.store.remove(undefined);
    let trackerHits = 0;
    const tracker = createServer((_request, response) => {
      trackerHits += 1;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(tracker, "listening");
    const trackerUrl = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}`;
    const evil = `<mj-raw><script>parent.ran = 1</script><img src="x" onerror="parent.ran = 1"><img src="${trackerUrl}/a.png"><link rel="preconnect" href="${trackerUrl}"><form action="/test" method="post"><button>evil</button></form><iframe src="${server.url}/raw"></iframe></mj-raw>`;
    writeFileSync(partial, `${evil}\n${before}`);
    const page = await open();
    await mailOf(page).getByRole("button", { name: "evil" }).waitFor();
    await mailOf(page).getByRole("button", { name: "evil" }).click();
    expect(await page.evaluate(() => "ran" in window)).toBe(false);
    expect(page.frames()).toHaveLength(2);
    expect(page.url()).toContain("issue=");
    writeFileSync(partial, before);
    tracker.close();
    expect(trackerHits).toBe(0);
    const origin = new URL(server.url).host;
    const elsewhere = requested.filter(
      (url) => !url.startsWith("data:") && !url.startsWith(trackerUrl) && new URL(url).host !== origin,
    );
    expect(elsewhere).toEqual([]);
    expect(catcher.store.list()).toEqual([]);
  });
});
