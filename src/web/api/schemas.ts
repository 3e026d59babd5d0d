/** What programs send and get: the one source of the checks, the types and /api/openapi.json. */
import { z } from "zod";
import { suppressionReasons } from "../../domain/suppression.ts";

/** A schema with a name of its own in the document. */
function named<Schema extends z.ZodType>(id: string, description: string, schema: Schema): Schema {
  return schema.meta({ id, description });
}

/** A line of text: no line breaks or other controls, and nothing that is no character. */
export const line = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, "a line of text, without control characters");

/** Database numbers; 15 digits are exact in every language's numbers. */
const numberMax = 999_999_999_999_999;
const number = z.int().min(1).max(numberMax);
const count = z.int().min(0).max(numberMax);
/** In an address: the same number as text. */
export const numberText = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "a number from 1")
  .transform(Number);
export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "a list's short name, such as news");

/** RFC 3339, in UTC. */
const moment = z.iso.datetime();

/** A page's worth, and the most that one answer carries. */
const pageDefault = 50;
const pageMax = 200;

export const pageQuery = {
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, "what `next` said")
    .transform(Number)
    .optional()
    .describe("What `next` of the page before said; without it the first page."),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, `a number from 1 to ${pageMax}`)
    .transform(Number)
    .pipe(z.int().min(1).max(pageMax))
    .optional()
    .describe(`How many: 1 to ${pageMax}, ${pageDefault} unless told.`),
};

export function limitOf(query: { readonly limit?: number | undefined }): number {
  return query.limit ?? pageDefault;
}

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().nullable().describe("The `cursor` of the next page; null on the last one."),
  });

const subscriptionStatus = z.enum(["pending", "confirmed", "unsubscribed"]);

export const list = named(
  "List",
  "An audience with its sender.",
  z.strictObject({
    slug: z.string(),
    name: z.string(),
    fromName: z.string(),
    fromAddress: z.string(),
    replyTo: z.string().nullable(),
    postalAddress: z.array(z.string()),
    listId: z.string().describe("RFC 2919, without the angle brackets."),
    zone: z.string(),
    lang: z.string(),
    createdAt: moment,
    subscriptions: z.strictObject({ pending: count, confirmed: count, unsubscribed: count }),
  }),
);

export const subscriber = named(
  "Subscriber",
  "A person with all memberships.",
  z.strictObject({
    id: number,
    address: z.string(),
    lang: z.string().nullable(),
    zone: z.string().nullable(),
    topics: z.array(z.string()),
    attributes: z.record(z.string(), z.string()),
    createdAt: moment,
    updatedAt: moment,
    subscriptions: z.array(
      z.strictObject({
        list: z.string(),
        status: subscriptionStatus,
        joinedAt: moment,
        changedAt: moment,
        pausedUntil: moment.nullable(),
      }),
    ),
    suppression: z
      .strictObject({ reason: z.enum(suppressionReasons), provisional: z.boolean(), createdAt: moment })
      .nullable()
      .describe("Why the address gets no mail, where it gets none."),
  }),
);

export const subscriberSummary = named(
  "SubscriberSummary",
  "A person as a page of many shows one.",
  subscriber.omit({ subscriptions: true, suppression: true }),
);

const topicsMax = 100;
const attributesMax = 100;
const valueCharactersMax = 1_000;

const subscriberFields = {
  lang: line(35).nullable().optional().describe("BCP 47, such as de or pt-BR."),
  zone: line(64).nullable().optional().describe("IANA, such as Europe/Berlin."),
  topics: z.array(line(100).min(1)).max(topicsMax).optional().describe("All of them: they take the place of what was."),
  attributes: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/), line(valueCharactersMax).nullable())
    .refine((given) => Object.keys(given).length <= attributesMax, `at most ${attributesMax} attributes`)
    .optional()
    .describe("Those that are named; null takes one away."),
};

export const newSubscriber = named(
  "NewSubscriber",
  "Somebody to be added, or what changes about somebody who is known by this address.",
  z.strictObject({
    address: line(320),
    ...subscriberFields,
    join: z
      .array(
        z.union([
          z.strictObject({
            list: slug,
            consent: line(500).min(1).describe("Where and when they said yes; kept as the proof."),
          }),
          z.strictObject({ list: slug, ask: z.literal(true).describe("Ask them by a mail that they confirm.") }),
        ]),
      )
      .max(20)
      .optional(),
  }),
);

export const subscriberChanges = named("SubscriberChanges", "What is absent stays.", z.strictObject(subscriberFields));

export const leaving = z.strictObject({
  list: slug.optional().describe("Which list they leave; every one where it is absent."),
});

export const suppressing = named(
  "Suppressing",
  "An address, or a whole domain as @example.com, and why in your words; the reason is kept.",
  z.strictObject({ address: line(320), reason: line(500).min(1) }),
);

export const suppressed = z.strictObject({
  address: z.string(),
  changed: z.boolean().describe("False where it stood so already."),
});

export const campaign = named(
  "Campaign",
  "One issue to one audience.",
  z.strictObject({
    id: number,
    issue: z.string(),
    list: z.string(),
    segment: z.string().nullable(),
    state: z.enum(["draft", "scheduled", "sending", "paused", "sent", "cancelled"]),
    stateReason: z.string().nullable(),
    policy: z.enum(["hold", "resend"]),
    planned: count,
    startsAt: moment,
    plannedAt: moment,
    finishedAt: moment.nullable(),
  }),
);

export const campaignWithBalance = named(
  "CampaignWithBalance",
  "A campaign with its balance, counted from the ledger's rows: planned is the sum of all the others.",
  z.strictObject({
    ...campaign.shape,
    balance: z.strictObject({
      planned: count,
      accepted: count,
      refused: count,
      skipped: count,
      uncertain: count,
      remaining: count,
    }),
  }),
);

export const pausing = z.strictObject({ reason: line(200).min(1).optional().describe("Shown with the campaign.") });
export const nothing = z.strictObject({});

export const deliveryState = z.enum(["pending", "sending", "accepted", "deferred", "refused", "skipped", "uncertain"]);

export const delivery = named(
  "Delivery",
  "What became of one recipient of a campaign.",
  z.strictObject({
    id: z.string().describe("campaign.number, such as 12.345"),
    subscriber: number.describe("Nobody has this number any more where the person was erased."),
    state: deliveryState,
    attempts: count,
    lane: z.string(),
    dueAt: moment.nullable(),
    firstClaimedAt: moment.nullable(),
    settledAt: moment.nullable(),
    detail: z.string().nullable().describe("The server's reply, or why it was skipped. A reply may quote the address."),
  }),
);

export const feedbackKind = z.enum([
  "hard",
  "soft",
  "full",
  "policy",
  "delayed",
  "delivered",
  "complaint",
  "auto-reply",
  "reply",
  "unknown",
]);

export const feedback = named(
  "Feedback",
  "One thing that came back: a bounce, a complaint, an answer.",
  z.strictObject({
    id: number,
    at: moment,
    source: z.string(),
    kind: feedbackKind,
    delivery: z.string().nullable(),
    subscriber: number.nullable(),
    status: z.string().nullable().describe("RFC 3463, such as 5.1.1."),
    reason: z.string().nullable(),
    diagnostic: z.string(),
    effects: z.array(z.string()),
  }),
);

export const problem = named(
  "Problem",
  "What is wrong (RFC 9457). The codes stand in docs/errors.md.",
  z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    problems: z
      .array(z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() }))
      .describe("Each thing that is wrong; `field` is a JSON pointer into the body, or the name of a parameter."),
  }),
);
