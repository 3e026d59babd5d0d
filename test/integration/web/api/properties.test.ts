import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { apiRoutes, type ApiRoute } from "../../../../src/web/api/routes.ts";
import { createApi, type Api } from "../../../support/api.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../../support/planned-campaign.ts";

let api: Api;
beforeAll(async () => {
  api = await createApi();
  const { listId } = await createSampleList(api.web.pool, addresses(20));
  for (let index = 0; index < 3; index += 1)
    await planSampleCampaign(api.web.pool, listId, { issueSlug: `issue-${index}` });
});
afterAll(() => api.web.stop());

/** Anything that fits into a text: controls, lone surrogates and NULs as well. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "\0",
    "\ud800",
    "__proto__",
    "constructor",
    "%00",
    "../..",
    "a@b",
    "reader3@example.net",
    "@example.net",
    "é".repeat(400),
  ),
);
const id = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 3 }).map(String), weight: 4 },

  fc.constantFrom("0", "-1", "999999999999999", "9".repeat(40), "1.5"),
  text,
);
const slug = fc.oneof(fc.constantFrom("news", "none"), text);
const parameter = fc.constantFrom("cursor", "limit", "list", "address", "state", "campaign", "kind", "other");
const query = fc.dictionary(parameter, fc.oneof(id, slug, fc.constantFrom("pending", "hard", "50")), { maxKeys: 3 });

/** Bodies that are nearly right, with any field gone wrong. */
const field = fc.oneof(text, fc.constantFrom(null, true, 7, "de", "Europe/Berlin"), fc.array(text, { maxLength: 3 }));
const join = fc.oneof(
  fc.record({ list: slug, consent: text }),
  fc.record({ list: slug, ask: fc.constantFrom(true, false) }),
);
const right = fc.constantFrom(
  {},
  { reason: "enough" },
  { list: "news" },
  { address: "reader4@example.net", reason: "asked by phone" },
  { address: "reader5@example.net", lang: "fr", attributes: { city: "Paris" } },
  { address: "new@example.org", zone: "Asia/Tokyo", join: [{ list: "news", consent: "a form" }] },
);
const body = fc.oneof(
  { arbitrary: right, weight: 3 },
  fc.record(
    {
      address: fc.oneof(fc.emailAddress(), fc.constantFrom("reader1@example.net", "reader2@example.net"), text),
      lang: field,
      zone: field,
      topics: fc.array(text, { maxLength: 4 }),
      attributes: fc.dictionary(
        fc.oneof(fc.constantFrom("city", "__proto__", "email"), text),
        fc.oneof(text, fc.constant(null)),
        { maxKeys: 4 },
      ),
      join: fc.array(join, { maxLength: 3 }),
    },
    { requiredKeys: ["address"] },
  ),
  fc.record({ address: fc.oneof(fc.emailAddress(), text), reason: text }),
  fc.record({ list: slug }, { requiredKeys: [] }),
  fc.record({ reason: text }, { requiredKeys: [] }),
  fc.jsonValue({ maxDepth: 3 }),
);
const key = fc.oneof(fc.constant(undefined), fc.constantFrom("one", "two", "three"));

/** Half a character can stand in a body, but in no address. */
const wellFormed = (part: string): string => part.replace(/\p{Cs}/gu, "\ufffd");

const runs = 30;

it.each(Object.entries(apiRoutes) as [string, ApiRoute][])(
  "%s answers whatever it is asked as it is described, and never fails",
  async (_name, route) => {
    await fc.assert(
      fc.asyncProperty(id, slug, query, body, key, async (number, short, parameters, given, idempotencyKey) => {
        // A dot alone is a step in an address, not a part of it.
        const encode = (part: string) => (/^\.*$/.test(part) ? "0" : encodeURIComponent(wellFormed(part)));
        const path = route.path.replace("{id}", encode(number)).replace("{slug}", encode(short));
        const search = new URLSearchParams(
          Object.entries(parameters).map(([name, value]) => [name, wellFormed(value)]),
        );
        const { status } = await api.ask(
          route.method.toUpperCase(),
          `${path}?${search.toString()}`,
          route.body ? given : undefined,
          idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey },
        );
        expect(status).toBeLessThan(500);
      }),
      // The same requests in every run: what fails once fails again.
      { seed: 20_261_125, numRuns: runs },
    );
  },
);

it("has reached what it asked for, not only refusals", async () => {
  const { rows } = await api.web.pool.query("SELECT DISTINCT action FROM audit_entries");
  expect(rows.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["subscriber-added", "subscriber-changed", "suppression-added", "campaign-paused"]),
  );
});
