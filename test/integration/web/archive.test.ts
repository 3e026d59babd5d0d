import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadTemplate } from "../../../src/adapters/files/template-files.ts";
import { storeDigest } from "../../../src/adapters/postgres/ledger/digests.ts";
import { setListPages } from "../../../src/adapters/postgres/public-lists.ts";
import { compileDigest } from "../../../src/digest/compile-digest.ts";
import { templatesRoot } from "../../../src/app/project.ts";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { createPublicWeb, type PublicWeb } from "../../support/public-web.ts";
import { createRichIssue, resolveEveryPicture, richSender, text } from "../../support/rich-issue.ts";

let web: PublicWeb;
let listId: number;

async function send(slug: string, startsAt: string, segment: string | null = null): Promise<void> {
  const issue = createRichIssue({
    slug,
    subject: [...text(`Ships & <boats> for `), { type: "slot", name: "subscriber.firstName", fallback: "you" }],
    preheader: text("What leaves, what “arrives” & when"),
  });
  const digest = await compileDigest({
    issue,
    template: await loadTemplate(join(templatesRoot, "digest")),
    sender: richSender,
    pictures: resolveEveryPicture(issue),
    publicUrl: "https://news.example.com",
  });
  await storeDigest(web.pool, digest);
  const { campaign } = await planSampleCampaign(web.pool, listId, {
    issueSlug: slug,
    digestId: digest.id,
    audiences: digest.audiences,
    startsAt: new Date(startsAt),
    again: true,
  });
  await web.pool.query("UPDATE campaigns SET state = 'sent', segment = $2 WHERE id = $1", [campaign, segment]);
}

beforeAll(async () => {
  web = await createPublicWeb();
  const list = await createSampleList(web.pool, ["ada@example.org"]);
  listId = list.listId;
  await web.pool.query(`UPDATE subscribers SET attributes = '{"firstName": "Secretname"}'`);
  await send("2024-05", "2024-05-31T09:00:00Z");
  await send("2024-06", "2024-06-30T09:00:00Z");
  await send("vip-only", "2024-07-01T09:00:00Z", "vip = true");
});
afterAll(() => web.stop());

const get = (path: string): Promise<Response> => Promise.resolve(web.app.request(path));

it("A list's archive is closed until its owner opens it", async () => {
  for (const path of ["/archive/news", "/archive/news/2024-05", "/archive/news/feed.atom", "/archive/nothing"]) {
    expect((await get(path)).status).toBe(404);
  }
  expect(await setListPages(web.pool, "news", { archive: true })).toBe(true);
  expect((await get("/archive/news")).status).toBe(200);
});

describe("an open archive", () => {
  it("lists what went to everybody, newest first, without what went to a segment", async () => {
    const html = await (await get("/archive/news")).text();
    const links = [...html.matchAll(/href="(\/archive\/news\/[^".]+)"/g)].map((match) => match[1]);
    expect(links).toEqual(["/archive/news/2024-06", "/archive/news/2024-05"]);
    expect(html).toContain("Ships &amp; &lt;boats&gt; for you");
    expect((await get("/archive/news/vip-only")).status).toBe(404);
  });

  it("shows an issue to anybody: fallbacks for names, no address, no token, a policy that runs nothing", async () => {
    const page = await get("/archive/news/2024-05");
    const html = await page.text();
    expect(html).toContain("Hello there,");
    expect(html).not.toMatch(/Secretname|ada@example\.org|\/(u|p|v|c)\//);
    expect(html).toContain('href="https://news.example.com/join/news"');
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.get("x-robots-tag")).toBe("all");
  });

  it("tells other sites what a link to it is about", async () => {
    const html = await (await get("/archive/news/2024-05")).text();
    const property = (name: string) => new RegExp(`<meta property="${name}" content="([^"]*)">`).exec(html)?.[1];
    expect(property("og:title")).toBe("Ships &amp; &lt;boats&gt; for you");
    expect(property("og:url")).toBe("https://news.example.com/archive/news/2024-05");
    expect(property("og:description")).toBe("What leaves, what “arrives” &amp; when");
    expect(property("og:image")).toMatch(/^https:\/\/.*\.png$/);
    expect(html.indexOf("og:title")).toBeLessThan(html.indexOf("</head>"));
  });

  it("is followed by Atom, RSS and JSON Feed", async () => {
    const atom = await get("/archive/news/feed.atom");
    expect(atom.headers.get("content-type")).toBe("application/atom+xml; charset=utf-8");
    const xml = await atom.text();
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?>\n<feed /);
    expect(
      [...xml.matchAll(/<entry[^>]*><title>([^<]*)<\/title><id>([^<]*)<\/id>/g)].map(([, title, id]) => [title, id]),
    ).toEqual([
      ["Ships &amp; &lt;boats&gt; for you", "https://news.example.com/archive/news/2024-06"],
      ["Ships &amp; &lt;boats&gt; for you", "https://news.example.com/archive/news/2024-05"],
    ]);
    const rss = await (await get("/archive/news/feed.rss")).text();
    expect(rss).toContain("<pubDate>Fri, 31 May 2024 09:00:00 GMT</pubDate>");
    const feed = (await (await get("/archive/news/feed.json")).json()) as {
      version: string;
      items: { title: string; content_text: string }[];
    };
    expect(feed.version).toBe("https://jsonfeed.org/version/1.1");
    expect(feed.items.map(({ title }) => title)).toEqual(["Ships & <boats> for you", "Ships & <boats> for you"]);
    expect(`${xml}${rss}${JSON.stringify(feed)}`).not.toMatch(/Secretname|ada@example\.org|\/(u|p|v|c)\//);
  });

  it("takes any page number and any name without failing", async () => {
    for (const page of ["0", "-1", "1e9", "x", "2.5"])
      expect((await get(`/archive/news?page=${page}`)).status).toBe(200);
    expect((await get("/archive/news/%2e%2e%2fsecret")).status).toBe(404);
    expect((await get("/archive/news/%00")).status).toBe(404);
  });
});
