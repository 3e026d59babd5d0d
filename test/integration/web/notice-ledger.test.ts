import { afterAll, beforeAll, expect, it } from "vitest";
import {
  claimNotice,
  handOutNotices,
  queueNotice,
  settleNoticeTurn,
  sweepNotices,
} from "../../../src/adapters/postgres/notice-ledger.ts";
import { forgetExpired } from "../../../src/adapters/postgres/pending.ts";
import { queueConfirmations } from "../../../src/app/queue-confirmations.ts";
import { createSampleList } from "../../support/planned-campaign.ts";
import { createPublicWeb, type PublicWeb } from "../../support/public-web.ts";

let web: PublicWeb;
let listId: number;
const lease = 60_000;

beforeAll(async () => {
  web = await createPublicWeb();
  ({ listId } = await createSampleList(web.pool, ["member@example.org"]));
});
afterAll(() => web.stop());

function queue(): Promise<number> {
  const content = { type: "sign-up", subject: 1, lang: "en", values: {} } as const;
  return queueNotice(web.pool, {
    kind: "confirmation",
    listId,
    address: "Ada@example.org",
    addressKey: "ada@example.org",
    content,
  });
}

async function rowOf(notice: number): Promise<Record<string, unknown>> {
  return (await web.pool.query("SELECT state, turn, attempts, due_at, detail FROM notices WHERE id = $1", [notice]))
    .rows[0];
}

it("A notice is handed out once and again only after a while; an old turn's job does nothing", async () => {
  const notice = await queue();
  expect(await handOutNotices(web.pool, 10, 60_000)).toEqual([{ notice, turn: 1 }]);
  expect(await handOutNotices(web.pool, 10, 60_000)).toEqual([]);
  expect(await claimNotice(web.pool, { notice, turn: 1 }, 7, lease, false)).toMatchObject({
    address: "Ada@example.org",
    attempts: 0,
  });
  // Another worker with the same job, and the same one whose answer was lost.
  expect(await claimNotice(web.pool, { notice, turn: 1 }, 8, lease, true)).toBeNull();
  expect(await claimNotice(web.pool, { notice, turn: 1 }, 7, lease, true)).not.toBeNull();
  await settleNoticeTurn(web.pool, { notice, turn: 1, state: "deferred", dueInMs: 0, detail: "450 later" });
  expect(await rowOf(notice)).toMatchObject({ state: "deferred", turn: 2, attempts: 1 });
  expect(await claimNotice(web.pool, { notice, turn: 1 }, 7, lease, false)).toBeNull();
  expect(await claimNotice(web.pool, { notice, turn: 2 }, 7, lease, false)).not.toBeNull();
  await settleNoticeTurn(web.pool, { notice, turn: 2, state: "accepted", dueInMs: null, detail: "250 ok" });
  await settleNoticeTurn(web.pool, { notice, turn: 2, state: "refused", dueInMs: null, detail: "too late" });
  expect(await rowOf(notice)).toMatchObject({ state: "accepted", due_at: null, detail: "250 ok" });
});

it("What its worker lost is uncertain and is never sent again by itself; a late reply still counts", async () => {
  const notice = await queue();
  await claimNotice(web.pool, { notice, turn: 1 }, 7, -1, false);
  expect(await sweepNotices(web.pool)).toBe(1);
  expect(await rowOf(notice)).toMatchObject({ state: "uncertain", due_at: null });
  expect(await handOutNotices(web.pool, 10, 0)).toEqual([]);
  expect(await claimNotice(web.pool, { notice, turn: 1 }, 8, lease, false)).toBeNull();
  await settleNoticeTurn(web.pool, { notice, turn: 1, state: "accepted", dueInMs: null, detail: "250 ok" });
  expect(await rowOf(notice)).toMatchObject({ state: "accepted" });
});

it("A sign-up that nobody confirmed is forgotten with its link, with the person if nothing else is known of her", async () => {
  const more = await createSampleList(web.pool, ["elsewhere@example.org"], "more");
  for (const email of ["never@example.org", "elsewhere@example.org", "soon@example.org"])
    await web.post("/join/news", { email });
  await queueConfirmations(web.pool);
  await web.pool.query("UPDATE reader_requests SET expires_at = now() WHERE address_key <> 'soon@example.org'");
  expect(await forgetExpired(web.pool, 90 * 86_400_000)).toBe(2);
  const { rows } = await web.pool.query<{ address_key: string }>("SELECT address_key FROM subscribers ORDER BY 1");
  expect(rows.map((row) => row.address_key)).toEqual([
    "elsewhere@example.org",
    "member@example.org",
    "soon@example.org",
  ]);
  const left = await web.pool.query(
    "SELECT list_id, status FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id WHERE s.address_key = 'elsewhere@example.org'",
  );
  expect(left.rows).toEqual([{ list_id: more.listId, status: "confirmed" }]);
  expect((await web.pool.query("SELECT 1 FROM reader_requests")).rowCount).toBe(3);
  await forgetExpired(web.pool, -1);
  expect((await web.pool.query("SELECT address_key FROM reader_requests")).rows).toEqual([
    { address_key: "soon@example.org" },
  ]);
});
