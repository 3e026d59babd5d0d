import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setListPages } from "../../../src/adapters/postgres/public-lists.ts";
import { createLogger } from "../../../src/app/log.ts";
import { queueConfirmations } from "../../../src/app/queue-confirmations.ts";
import { startWebServer, type WebServer } from "../../../src/web/web-server.ts";
import { judgeLooks, launchChromium } from "../../support/chromium.ts";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { createPublicWeb, type PublicWeb } from "../../support/public-web.ts";
import { requireProgram } from "../../support/require-program.ts";

const chromium = requireProgram("chromium");

/** Widths of phones and of a desk. */
const widths = [320, 375, 1280] as const;

describe.skipIf(!chromium)("a reader with a browser", () => {
  let web: PublicWeb;
  let server: WebServer;
  let browser: Browser;
  let listId: number;
  let member: number;

  beforeAll(async () => {
    web = await createPublicWeb({ WEB_PORT: "0" });
    server = await startWebServer(web.config, web.pool, createLogger(web.config, "e2e"));
    browser = await launchChromium(chromium as string);
    const sample = await createSampleList(web.pool, ["member@example.org"]);
    listId = sample.listId;
    member = sample.subscribers[0] as number;
    await setListPages(web.pool, "news", { archive: true, topics: ["Ships", "Music"] });
    const { campaign } = await planSampleCampaign(web.pool, listId);
    await web.pool.query("UPDATE campaigns SET state = 'sent' WHERE id = $1", [campaign]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await web.stop();
  });

  async function statusOf(address: string): Promise<string | undefined> {
    const { rows } = await web.pool.query<{ status: string }>(
      "SELECT m.status FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id WHERE s.address_key = $1 AND m.list_id = $2",
      [address, listId],
    );
    return rows[0]?.status;
  }

  /** What the mail's button would lead to. */
  async function confirmLink(address: string): Promise<string> {
    await queueConfirmations(web.pool);
    const { rows } = await web.pool.query(
      "SELECT content FROM notices WHERE address_key = $1 ORDER BY id DESC LIMIT 1",
      [address],
    );
    return web.link("confirm", { list: listId, subscriber: rows[0].content.subject, delivery: null });
  }

  describe.each([
    [
      "German",
      "de-DE",
      true,
      {
        join: "Anmelden",
        confirm: "Ja, bitte schicken",
        save: "Speichern",
        erase: "Alles über mich löschen",
        yes: "Ja, löschen",
        leave: "Ja, abbestellen",
      },
    ],
    [
      "Arabic",
      "ar-EG",
      false,
      {
        join: "اشترك",
        confirm: "نعم، أرسلوها إليّ",
        save: "احفظ",
        erase: "احذف كل ما يخصني",
        yes: "نعم، احذفوني",
        leave: "نعم، ألغِ اشتراكي",
      },
    ],
  ] as const)("in %s (%s), with scripts %s", (language, locale, javaScriptEnabled, words) => {
    const address = `${language.toLowerCase()}@example.org`;
    const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

    it("signs up, confirms, chooses, leaves, comes back and is erased, by keyboard and button alone", async () => {
      const context = await browser.newContext({ locale, javaScriptEnabled, viewport: { width: 320, height: 640 } });
      const page = await context.newPage();
      const foreign: string[] = [];
      page.on("request", (request) => {
        if (!request.url().startsWith(server.url)) foreign.push(request.url());
      });
      await page.goto(`${server.url}/join/news`);
      expect(await page.locator("html").getAttribute("dir")).toBe(language === "Arabic" ? "rtl" : "ltr");
      await page.getByRole("textbox").fill(address);
      await page.keyboard.press("Enter");
      await page.getByRole("main").getByText(address).waitFor();
      expect(await statusOf(address)).toBeUndefined();

      await page.goto(server.url + (await confirmLink(address)));
      expect(await statusOf(address)).toBe("pending");
      await press(page, words.confirm);
      expect(await statusOf(address)).toBe("confirmed");
      const proof = await web.pool.query(
        "SELECT consent -> 'askedFrom' ->> 'ip' AS ip FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id WHERE s.address_key = $1",
        [address],
      );
      expect(proof.rows).toEqual([{ ip: "127.0.0.1" }]);

      const { rows } = await web.pool.query<{ id: number }>("SELECT id FROM subscribers WHERE address_key = $1", [
        address,
      ]);
      const payload = { list: listId, subscriber: rows[0]?.id as number, delivery: null };
      await page.goto(server.url + web.link("preferences", payload));
      await page.getByLabel("Ships").check();
      await page.locator("#zone").selectOption("Asia/Tokyo");
      await press(page, words.save);
      expect(await page.getByRole("status").count()).toBe(1);
      const chosen = await web.pool.query("SELECT topics, zone, lang FROM subscribers WHERE address_key = $1", [
        address,
      ]);
      expect(chosen.rows).toEqual([{ topics: ["Ships"], zone: "Asia/Tokyo", lang: locale.slice(0, 2) }]);

      await page.goto(server.url + web.link("unsubscribe", payload));
      await press(page, words.leave);
      expect(await statusOf(address)).toBe("unsubscribed");
      await page.locator("button[value=undo]").click();
      expect(await statusOf(address)).toBe("confirmed");

      await page.goto(server.url + web.link("preferences", payload));
      await press(page, words.erase);
      expect(await statusOf(address)).toBe("confirmed");
      await press(page, words.yes);
      expect((await web.pool.query("SELECT 1 FROM subscribers WHERE address_key = $1", [address])).rowCount).toBe(0);
      expect(foreign).toEqual([]);
      await context.close();
    });
  });

  it("The sign-up page's script solves its puzzle, within the page's own policy", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.goto(`${server.url}/join/news`);
    await page.locator("#email").focus();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>("input[name=answer]")?.value !== "");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("A scanner that opens every link, runs scripts and stays for ten seconds leaves everybody as she was", async () => {
    const pending = "scanned@example.org";
    await web.post("/join/news", { email: pending }, { "x-forwarded-for": "198.51.100.1" });
    const payload = { list: listId, subscriber: member, delivery: { campaign: 1, number: 1 } };
    const links = [
      web.link("unsubscribe", payload),
      web.link("preferences", payload),
      web.link("view", payload),
      await confirmLink(pending),
      "/archive/news",
    ];
    const before = (await web.pool.query("SELECT * FROM subscriptions ORDER BY list_id, subscriber_id")).rows;
    const context = await browser.newContext();
    // The ten seconds are those of the pages' own timers, which are told that they have passed.
    await context.clock.install();
    const underWay = new Set<unknown>();
    context.on("request", (request) => underWay.add(request));
    context.on("requestfinished", (request) => underWay.delete(request));
    context.on("requestfailed", (request) => underWay.delete(request));
    const seen = new Set<string>();
    // Two steps deep: what the mail links to, and what those pages link to.
    const visit = async (path: string): Promise<string[]> => {
      seen.add(path);
      const page = await context.newPage();
      await page.goto(server.url + path).catch(() => undefined);
      // A refresh is the one thing that a page could do later without a timer.
      expect([path, await page.locator("meta[http-equiv=refresh i]").count()]).toEqual([path, 0]);
      const found = await page.evaluate(() => [...document.querySelectorAll("a")].map(({ href }) => href));
      return found.filter((href) => href.startsWith(server.url)).map((href) => href.slice(server.url.length));
    };
    const next = (await Promise.all(links.map(visit))).flat();
    for (const path of next) if (!seen.has(path) && !path.includes("lang=")) await visit(path);
    await context.clock.runFor(10_000);
    await expect.poll(() => underWay.size).toBe(0);
    expect(seen.size).toBeGreaterThan(links.length);
    expect((await web.pool.query("SELECT * FROM subscriptions ORDER BY list_id, subscriber_id")).rows).toEqual(before);
    await context.close();
  });

  it("Every page passes axe, fits 320 px and more, in light and dark, left to right and right to left", async () => {
    const payload = { list: listId, subscriber: member, delivery: null };
    await web.post("/join/news", { email: "looked@example.org" }, { "x-forwarded-for": "198.51.100.2" });
    const pages = [
      "/join/news",
      "/archive/news",
      "/u/broken",
      web.link("unsubscribe", payload),
      web.link("preferences", payload),
      await confirmLink("looked@example.org"),
    ];
    const page = await browser.newPage();
    for (const [lang, colorScheme] of [
      ["de", "light"],
      ["ar", "dark"],
    ] as const) {
      const looks = widths.map((width) => ({ colorScheme, width }));
      for (const path of pages) {
        await page.goto(`${server.url}${path}?lang=${lang}`);
        const name = `${path.slice(0, 9)} ${lang}`;
        expect({ name, found: await judgeLooks(page, looks) }).toEqual({ name, found: [] });
      }
    }
    await page.close();
  });
});
