import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CatcherWithPages, startCatcherWithPages, writeMail } from "../support/catcher.ts";
import { launchChromium } from "../support/chromium.ts";
import { requireProgram } from "../support/require-program.ts";

/** Listens where nobody must come: counts connections, so that one without a request is seen, too. */
interface Trap {
  readonly url: string;
  readonly connections: () => number;
  readonly requests: readonly string[];
  readonly server: Server;
}

async function startTrap(): Promise<Trap> {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((request: IncomingMessage, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "image/svg+xml" });
    response.end('<svg xmlns="http://www.w3.org/2000/svg"/>');
  });
  server.on("connection", () => (connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, connections: () => connections, requests, server };
}

const executable = requireProgram("chromium");

/** Some forty pages in a browser on a busy machine. */
const timeoutMs = 120_000;

describe.skipIf(!executable)("hostile mail in a real browser", { timeout: timeoutMs }, () => {
  let browser: Browser;
  let trap: Trap;
  /** Where a control goes, to know that loading was possible and has happened. */
  let control: Trap;
  let running: CatcherWithPages;
  let controlPage: Page | undefined;

  beforeAll(async () => {
    [browser, trap, control, running] = await Promise.all([
      launchChromium(executable as string),
      startTrap(),
      startTrap(),
      startCatcherWithPages(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    for (const { server } of [trap, control]) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** Everything that could run, load or lead somewhere. `T` is the trap. */
  const hostileHtml = () =>
    `<!doctype html><html manifest="T/manifest"><head>
<base href="T/base/">
<meta http-equiv="refresh" content="0;url=T/refresh">
<meta http-equiv="x-dns-prefetch-control" content="on">
<meta http-equiv="Content-Security-Policy" content="default-src * 'unsafe-inline'">
<link rel="stylesheet" href="T/style.css"><link rel=preconnect href="T"><LINK REL="dns-prefetch" HREF="T">
<link
rel=prefetch href="T/prefetch"><link/rel=preload as=image href=T/preload><link rel="icon" href="T/icon">
<link rel="modulepreload" href="T/module.js"><link rel="prerender" href="T/prerender">
<style>@import url("T/import.css"); @font-face { font-family: f; src: url(T/font.woff2) } body { font-family: f; background: url(T/background.png); cursor: url(T/cursor.cur), auto } li { list-style-image: url(T/list.png) } p::before { content: url(T/before.png) }</style>
<script>parent.postMessage("ran", "*"); top.hacked = 1; new Image().src = "T/script"; fetch("T/fetch")</script>
<script src="T/script.js"></script><script type="speculationrules">{"prefetch":[{"source":"list","urls":["T/speculation"]}]}</script>
</head><body background="T/body.png" onload="new Image().src='T/onload'">
<img src="T/img.png" srcset="T/srcset.png 2x" onerror="new Image().src='T/onerror'"><img src="x" onerror="fetch('T/onerror2')">
<picture><source srcset="T/source.png"><img src="T/picture.png"></picture>
<input type="image" src="T/input.png"><table background="T/table.png"><td background="T/cell.png">x</table>
<video src="T/video.mp4" poster="T/poster.png" autoplay></video><audio src="T/audio.mp3" autoplay></audio><track src="T/track.vtt">
<iframe src="T/iframe"></iframe><iframe srcdoc="<script>new Image().src='T/srcdoc'</script><img src=T/srcdoc.png>"></iframe>
<object data="T/object"></object><embed src="T/embed"><frame src="T/frame"><applet code="T/applet"></applet>
<svg><script>new Image().src="T/svgscript"</script><image href="T/svg.png"/><use href="T/use.svg#x"/><animate onbegin="fetch('T/begin')"/></svg>
<math><mtext><style><img src=x onerror="fetch('T/mutation')"></style></mtext></math>
<div><template shadowrootmode="open"><img src="T/shadow.png"><script>fetch("T/shadow")</script></template></div>
<div style="background:url('T/inline.png')">x</div><details open ontoggle="fetch('T/toggle')"><summary>x</summary></details>
<input autofocus onfocus="fetch('T/focus')"><marquee onstart="fetch('T/marquee')">x</marquee>
<form id="f" action="/delete-all" method="post"><button id="form">Win</button></form>
<form action="T/form"><input name="a" value="b"><button id="foreign-form">Win</button></form>
<a id="top" target="_top" href="/help">top</a> <a id="plain" href="/help">plain</a> <a id="script" href="javascript:fetch('T/javascript')">script</a>
<a id="data" href="data:text/html,<script>fetch('T/data')</script>">data</a>
<img src="/api/v1/message/latest"><img src="/delete-all"><link rel="stylesheet" href="/api/v1/messages">
<p>Hello</p></body></html>`
      .replaceAll("T/", `${trap.url}/`)
      .replaceAll('"T"', `"${trap.url}"`);

  async function openPage(path: string): Promise<{ page: Page; dialogs: string[] }> {
    const page = await browser.newPage();
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(`${running.url}${path}`, { waitUntil: "load" });
    return { page, dialogs };
  }

  /** Waits until another page has loaded a picture from the control: what was on its way before has arrived by then. */
  async function waitForControl(): Promise<void> {
    const before = control.requests.length;
    const id = await running.catchMail(writeMail({ html: `<img src="${control.url}/control-${before}.png">` }));
    controlPage ??= await browser.newPage();
    await controlPage.goto(`${running.url}/mail/${id}?remote=1`, { waitUntil: "load" });
    await expect.poll(() => control.requests.length, { timeout: 10_000 }).toBeGreaterThan(before);
  }

  it("shows a mail without running or loading anything, framed and by itself", async () => {
    const id = await running.catchMail(writeMail({ html: hostileHtml() }));
    const { kept } = running.catcher.store.counts();
    for (const path of [`/mail/${id}`, `/mail/${id}/frame`, `/view/${id}.html`]) {
      const { page, dialogs } = await openPage(path);
      const frame = path.endsWith(id) ? page.frameLocator("iframe") : page;
      await frame.getByText("Hello").first().waitFor();
      expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
      expect(new URL(page.url()).pathname).toBe(path);
      expect(dialogs).toEqual([]);
      await waitForControl();
      await page.close();
    }
    expect(trap.requests).toEqual([]);
    expect(trap.connections()).toBe(0);
    expect(running.catcher.store.counts().removed).toBe(0);
    expect(running.catcher.store.counts().kept).toBe(kept + 3);
  });

  it("lets a press on its buttons and links neither change anything, nor run, nor lead the inbox away", async () => {
    const id = await running.catchMail(writeMail({ html: hostileHtml() }));
    const { page } = await openPage(`/mail/${id}`);
    const frame = page.frameLocator("iframe");
    for (const target of ["#form", "#foreign-form", "#script", "#data"])
      await frame.locator(target).dispatchEvent("click");
    for (const target of ["#form", "#foreign-form", "#script", "#data"])
      await frame.locator(target).click({ noWaitAfter: true });
    const [tab] = await Promise.all([page.context().waitForEvent("page"), frame.locator("#plain").click()]);
    await tab.waitForURL("**/help");
    // A plain link opened a tab of its own, which knows nothing of this one.
    expect(new URL(tab.url()).pathname).toBe("/help");
    expect(await tab.evaluate(() => window.opener as unknown)).toBeNull();
    expect(new URL(page.url()).pathname).toBe(`/mail/${id}`);
    await waitForControl();
    expect(trap.requests).toEqual([]);
    expect(running.catcher.store.get(id)).toBeDefined();
    await page.close();
    for (const other of page.context().pages()) await other.close();
  });

  it("loads remote content when asked, and even then runs nothing and reaches no API of ours", async () => {
    const lure = `<script>fetch("${control.url}/ran")</script><img src="${running.url}/api/v1/message/latest"><form action="/delete-all" method="post"><button id="form">x</button></form><img src="${control.url}/asked.png"><p>Hello</p>`;
    const id = await running.catchMail(writeMail({ html: lure }));
    running.catcher.store.setRead([id], true);
    const unread = await running.catchMail(writeMail({ subject: "still unread" }));
    const { page } = await openPage(`/mail/${id}`);
    await page.frameLocator("iframe").getByText("Hello").waitFor();
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/api/")) refused.push(`${response.status()}`);
    });
    await page.getByRole("link", { name: "Load", exact: true }).click();
    await expect.poll(() => control.requests).toContain("GET /asked.png");
    await expect.poll(() => refused).toEqual(["403"]);
    await page.frameLocator("iframe").locator("#form").click({ noWaitAfter: true });
    await waitForControl();
    expect(control.requests).not.toContain("GET /ran");
    expect(running.catcher.store.get(unread)?.read).toBe(false);
    expect(running.catcher.store.get(id)).toBeDefined();
    await page.close();
  });

  it("writes what a mail says about itself as text, on every page that shows it", async () => {
    const evil = `"><img src=${trap.url}/x onerror=top.hacked=1><script>top.hacked=1</script>`;
    const raw = [
      `From: "${evil.replaceAll('"', '\\"')}" <a@example.com>`,
      `To: ${evil} <b@example.org>`,
      `Subject: =?utf-8?B?${Buffer.from(evil).toString("base64")}?=`,
      `X-${"a"}: ${evil}`,
      `Feedback-ID: ${evil}:x:y`,
      `List-Unsubscribe: <javascript:alert(1)>, <${trap.url}/leave>, <${evil}>`,
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
      `Message-ID: <${evil}>`,
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain; charset=utf-8",
      "",
      `${evil} javascript:alert(1) ${trap.url}/a"onmouseover="x`,
      "--b",
      "Content-Type: text/html",
      `Content-Disposition: attachment; filename="${evil.replaceAll('"', "'")}"`,
      `Content-ID: <${evil}>`,
      "",
      `<script>top.hacked=1; new Image().src="${trap.url}/part"</script><p>part</p>`,
      "--b--",
      "",
    ].join("\r\n");
    const id = await running.catchMail(raw);
    const query = encodeURIComponent(evil);
    const views = ["html", "text", "headers", "parts", "raw", "checks"].map(
      (view) => `/mail/${id}?view=${view}&q=${query}`,
    );
    const { page, dialogs } = await openPage("/");
    for (const path of ["/", `/?q=${query}`, ...views, `/api/v1/message/${id}/part/2`, "/help"]) {
      await page.goto(`${running.url}${path}`, { waitUntil: "load" });
      expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
      // The part is served as it is; its policy alone keeps it still.
      const injected = "img, script:not([src]), [onerror], [onmouseover], a[href^='javascript:']";
      const expected = path.includes("/part/") ? 1 : 0;
      expect([path, await page.locator(injected).count()]).toEqual([path, expected]);
      expect(dialogs).toEqual([]);
    }
    await page.close();
    await waitForControl();
    expect(trap.requests).toEqual([]);
    expect(trap.connections()).toBe(0);
  });
});
