import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inviteFirstAdmin } from "../../../src/app/access/invitations.ts";
import { createLogger } from "../../../src/app/log.ts";
import { totpCode, totpStepAt } from "../../../src/domain/totp.ts";
import { startWebServer, type WebServer } from "../../../src/web/web-server.ts";
import { judgeLooks, launchChromium, type Look, lookHeight } from "../../support/chromium.ts";
import { addresses, createSampleList } from "../../support/planned-campaign.ts";
import { createPublicWeb, type PublicWeb } from "../../support/public-web.ts";
import { requireProgram } from "../../support/require-program.ts";

const chromium = requireProgram("chromium");
const password = "a few words in a row";
/** A folder to look at the pages in, where one is asked for. */
const screenshots = process.env["BROADSHEET_SCREENSHOTS"];

const looks: readonly Look[] = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 360 },
];

describe.skipIf(!chromium)("the console in a browser", () => {
  let web: PublicWeb;
  let server: WebServer;
  let browser: Browser;

  beforeAll(async () => {
    // Over http: Chromium keeps a Secure cookie of localhost, which would hide that others don't.
    web = await createPublicWeb({ WEB_PORT: "0", PUBLIC_URL: "http://news.example.com" });
    server = await startWebServer(web.config, web.pool, createLogger(web.config, "e2e"));
    browser = await launchChromium(chromium as string);
    const { listId, subscribers } = await createSampleList(web.pool, addresses(40, "readers.example"));
    await web.pool.query("UPDATE subscriptions SET status = 'unsubscribed' WHERE list_id = $1 AND subscriber_id = $2", [
      listId,
      subscribers[0],
    ]);
    await web.pool.query(
      "INSERT INTO suppressions (key, reason, source) VALUES ('reader2@readers.example', 'complaint', 'report')",
    );
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await web.stop();
  });

  async function openPage(scripts = true): Promise<Page> {
    const context = await browser.newContext({
      javaScriptEnabled: scripts,
      viewport: { width: 1280, height: lookHeight },
    });
    return context.newPage();
  }

  async function makeAccount(page: Page, link: string, name: string): Promise<void> {
    await page.goto(link);
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Your address").fill(`${name.toLowerCase()}@example.com`);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Make the account" }).click();
    await page.getByRole("heading", { name: "Campaigns" }).waitFor();
  }

  const findings: string[] = [];
  /** Axe in light on a desk and in the dark on a phone; nothing may stick out at the side. */
  async function judge(page: Page, name: string): Promise<void> {
    const photograph = ({ colorScheme, width }: Look) =>
      page.screenshot({ path: `${screenshots}/${name}-${colorScheme}-${width}.png`, fullPage: true });
    const lines = await judgeLooks(page, looks, screenshots === undefined ? undefined : photograph);
    findings.push(...lines.map((line) => `${name} ${line}`));
  }

  it("leads from nothing to a campaign that two people decided, and follows it; axe finds nothing", async () => {
    const foreign: string[] = [];
    const ada = await openPage();
    ada.on("request", (request) => {
      if (new URL(request.url()).origin !== new URL(server.url).origin) foreign.push(request.url());
    });
    ada.on("console", (message) => findings.push(`console: ${message.text()}`));
    const link = (await inviteFirstAdmin(web.pool, server.url)) as string;
    await ada.goto(link);
    await judge(ada, "invitation");
    await makeAccount(ada, link, "Ada");
    await judge(ada, "campaigns-empty");

    await ada.getByRole("link", { name: "Team" }).click();
    await ada.getByLabel("Role").selectOption("approver");
    await ada.getByRole("button", { name: "Make a link" }).click();
    const invitation = (await ada.locator("code.link").textContent()) as string;
    await judge(ada, "team");
    await ada.getByRole("link", { name: "Ada, admin" }).click();
    await ada.getByLabel("Your password").fill(password);
    await ada.getByRole("button", { name: "Set it up" }).click();
    await ada.getByRole("link", { name: "Open in an authenticator" }).waitFor();
    await judge(ada, "account-offered");
    const secret = ((await ada.locator("code.link").first().textContent()) as string).replaceAll(" ", "");
    await ada.getByLabel("Code").fill(totpCode(secret, totpStepAt(Date.now())));
    await ada.getByRole("button", { name: "Ask for codes from now on" }).click();
    await ada.getByText("Keep these recovery codes").waitFor();
    await judge(ada, "account-codes");
    const bob = await openPage(false);
    await makeAccount(bob, invitation, "Bob");

    await ada.goto(`${server.url}/console/sends`);
    await judge(ada, "sends-empty");
    await ada.getByRole("link", { name: "New send" }).click();
    await ada.getByLabel("Issue", { exact: true }).selectOption("2026-11-product-note.md");
    // Counted as she types, and by the button.
    await ada.getByLabel("Segment").fill('address = "reader7@readers.example"');
    await ada.getByText("1 confirmed member").waitFor();
    await ada.getByLabel("Segment").fill("");
    await ada.getByRole("button", { name: "Count" }).click();
    await ada.getByText("39 confirmed members").waitFor();
    await ada.getByText("Hours of the day, a first share").click();
    await judge(ada, "send-form");
    await ada.getByRole("button", { name: "Show the flight plan" }).click();
    await ada.getByText("You proposed it").waitFor();
    await judge(ada, "flight-plan");
    const path = new URL(ada.url()).pathname;

    // Without any script.
    await bob.goto(`${server.url}${path}`);
    await bob.getByRole("button", { name: "Approve: 38 people" }).click();
    await bob.getByText("Approved. It can be sent now.").waitFor();
    await bob.getByRole("button", { name: "Send to 38 people" }).waitFor();

    await ada.goto(`${server.url}${path}`);
    await judge(ada, "approved");
    await ada.getByRole("button", { name: "Send to 38 people" }).click();
    await ada.getByRole("heading", { name: "Why not accepted" }).waitFor();
    const campaign = Number(new URL(ada.url()).pathname.split("/").at(-1));
    await web.pool.query("UPDATE campaigns SET state = 'sending' WHERE id = $1", [campaign]);
    await web.pool.query(
      `UPDATE deliveries SET state = CASE WHEN number % 5 = 0 THEN 'refused' WHEN number % 11 = 0 THEN 'uncertain' ELSE 'accepted' END::delivery_state,
         settled_at = now(), due_at = NULL, detail = CASE WHEN number % 5 = 0 THEN '550 5.1.1 user unknown' WHEN number % 11 = 0 THEN 'the connection ended in the body' ELSE '250 ok' END
       WHERE campaign_id = $1 AND state = 'pending' AND number < 36`,
      [campaign],
    );
    // The page follows by itself.
    await ada.getByText("550 5.1.1 user unknown").waitFor();
    await ada.reload();
    await judge(ada, "campaign-live");
    await ada.getByRole("button", { name: "Pause" }).click();
    await ada.getByText("Paused: by Ada").waitFor();
    await ada.getByRole("button", { name: "It arrived" }).first().click();
    await ada.getByText("The delivery is decided.").waitFor();
    await ada.getByRole("link", { name: "Cancel…" }).click();
    await judge(ada, "cancelling");
    await ada.getByRole("link", { name: "Keep it" }).click();
    await judge(ada, "campaign-paused");
    await ada.getByRole("link", { name: "Results" }).click();
    await ada.getByRole("img", { name: "Mails accepted over time" }).waitFor();
    await judge(ada, "results");
    await ada.getByRole("link", { name: "Explain a person" }).click();
    await ada.getByLabel("Address").fill("reader5@readers.example");
    await ada.getByRole("button", { name: "Explain" }).click();
    await ada.getByRole("heading", { name: "reader5@readers.example" }).waitFor();
    await judge(ada, "explain");

    await ada.goto(`${server.url}/console/recurrences`);
    await judge(ada, "recurrences-empty");
    await ada.getByRole("button", { name: "Make it come again" }).click();
    await ada.getByText("It comes again from now on").waitFor();
    await judge(ada, "recurrences");

    for (const [name, address] of [
      ["campaigns", "/console/campaigns"],
      ["sends", "/console/sends"],
      ["calendar", "/console/calendar"],
      ["calendar-empty", "/console/calendar?month=2099-01"],
      ["issues", "/console/issues"],
      ["issue", "/console/issues/2026-W47-weekly-links.yaml"],
      ["lists", "/console/lists"],
      ["people", "/console/people"],
      ["nobody", "/console/people?q=zzz"],
      ["list-form", "/console/lists/news"],
      ["segments", "/console/segments?list=news&segment=address+contains+%22reader%22"],
      ["suppressions", "/console/suppressions"],
      ["imports", "/console/imports"],
    ] as const) {
      await ada.goto(`${server.url}${address}`);
      await judge(ada, name);
    }
    await ada.goto(`${server.url}/console/people?q=reader2@`);
    await ada.getByRole("link", { name: "reader2@readers.example" }).click();
    await ada.getByText("Is not mailed: complaint").waitFor();
    await judge(ada, "person");
    await ada.getByRole("link", { name: "Edit" }).click();
    await ada.getByLabel("First name").fill("Bea");
    await judge(ada, "person-form");
    await ada.getByRole("button", { name: "Save" }).click();
    await ada.getByText("Changed.").waitFor();
    await ada.getByRole("link", { name: "Erase…" }).click();
    await judge(ada, "person-erasing");

    // As one types, without a press.
    await ada.goto(`${server.url}/console/people`);
    await ada.getByLabel("Beginning of an address").fill("reader3@");
    await ada.getByRole("link", { name: "reader4@readers.example" }).waitFor({ state: "detached" });
    await ada.getByRole("link", { name: "reader3@readers.example" }).waitFor();

    await ada.goto(`${server.url}/console/imports`);
    await ada.getByLabel("File").setInputFiles({
      name: "fair.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("E-Mail,Firma\nzoe@readers.example,Engines\nnobody,None\n"),
    });
    await ada.getByRole("button", { name: "Upload and look at it" }).click();
    await ada.getByRole("heading", { name: "fair.csv" }).waitFor();
    await judge(ada, "import-columns");
    await ada.getByLabel("Where these people said yes").fill("The fair");
    await ada.getByRole("button", { name: "Import into News" }).click();
    await ada.getByRole("link", { name: "Download the rejected rows" }).waitFor();
    await judge(ada, "import-done");

    await ada.getByRole("link", { name: "API", exact: true }).click();
    await ada.getByRole("heading", { name: "No program has a token yet" }).waitFor();
    await judge(ada, "tokens-empty");
    await ada.getByLabel("What it is for").fill("The shop");
    await ada.getByLabel("lists:read").check();
    await ada.getByRole("button", { name: "Make the token" }).click();
    await ada.getByText("Copy the token now").waitFor();
    const token = (await ada.locator("code.link").textContent()) as string;
    await judge(ada, "tokens");
    const asked = await fetch(`${server.url}/api/lists`, { headers: { authorization: `Bearer ${token}` } });
    expect(((await asked.json()) as { items: unknown[] }).items).toHaveLength(1);

    await ada.getByRole("link", { name: "Webhooks" }).click();
    await ada.getByLabel("Address").fill("https://hooks.shop.example.com/in");
    await ada.getByLabel("campaign.sent").check();
    await ada.getByRole("button", { name: "Make the webhook" }).click();
    await ada.getByText("Copy the secret now").waitFor();
    await ada.getByRole("button", { name: "Test: https://hooks.shop.example.com/in" }).click();
    await ada.getByText("is on its way").waitFor();
    await judge(ada, "webhooks");

    await ada.getByRole("link", { name: "Log" }).click();
    await ada.getByText("made an API token").waitFor();
    await judge(ada, "log");
    await ada.getByRole("link", { name: "Verify the log" }).click();
    await ada.getByText("each as it was written").waitFor();
    await judge(ada, "log-verified");

    await ada.getByRole("button", { name: "Sign out" }).click();
    await ada.getByRole("heading", { name: "Sign in" }).waitFor();
    await judge(ada, "sign-in");
    expect(findings).toEqual([]);
    expect(foreign).toEqual([]);
  }, 240_000);
});
