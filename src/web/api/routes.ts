/**
 * Every address of the API, the scope it asks for, and what goes in and comes out: the one table. What is registered, what is
 * checked, /api/openapi.json and the tests all come from here.
 */
import { z } from "zod";
import type { ApiScope } from "../../domain/api-scope.ts";
import {
  campaign,
  campaignWithBalance,
  delivery,
  deliveryState,
  feedback,
  feedbackKind,
  leaving,
  line,
  list,
  newSubscriber,
  nothing,
  numberText,
  pageOf,
  pageQuery,
  pausing,
  slug,
  subscriber,
  subscriberChanges,
  subscriberSummary,
  suppressed,
  suppressing,
} from "./schemas.ts";

export interface ApiRoute {
  readonly method: "get" | "post" | "patch" | "delete";
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly scope: ApiScope;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Of success; the first is the usual one. 204 has no body. */
  readonly statuses: readonly (200 | 201 | 204)[];
  readonly answer: z.ZodType;
  /** Codes of errors that mean "there is no such thing", answered with 404. */
  readonly missing?: readonly string[];
  /** Codes of errors that mean "not as things stand", answered with 409. Every other is 422. */
  readonly conflicts?: readonly string[];
}

const byNumber = z.strictObject({ id: numberText });

export const apiRoutes = {
  listLists: {
    method: "get",
    path: "/api/lists",
    scope: "lists:read",
    summary: "All lists with their numbers, by slug. There are few, so this is one page.",
    statuses: [200],
    answer: pageOf(list),
  },
  getList: {
    method: "get",
    path: "/api/lists/{slug}",
    scope: "lists:read",
    summary: "One list with its numbers",
    params: z.strictObject({ slug }),
    statuses: [200],
    answer: list,
    missing: ["list-unknown"],
  },

  listSubscribers: {
    method: "get",
    path: "/api/subscribers",
    scope: "subscribers:read",
    summary: "People in the order of their numbers, or the one of an address",
    query: z.strictObject({
      ...pageQuery,
      list: slug.optional().describe("Only those who are or were on this list."),
      address: line(320).optional().describe("Only the person of this address."),
    }),
    statuses: [200],
    answer: pageOf(subscriberSummary),
  },
  saveSubscriber: {
    method: "post",
    path: "/api/subscribers",
    scope: "subscribers:write",
    summary: "Adds somebody (201), or changes the one who is known by this address (200)",
    body: newSubscriber,
    statuses: [201, 200],
    answer: subscriber,
    conflicts: ["erased-address", "left-list"],
  },
  getSubscriber: {
    method: "get",
    path: "/api/subscribers/{id}",
    scope: "subscribers:read",
    summary: "One person with all memberships",
    params: byNumber,
    statuses: [200],
    answer: subscriber,
    missing: ["unknown-subscriber"],
  },
  changeSubscriber: {
    method: "patch",
    path: "/api/subscribers/{id}",
    scope: "subscribers:write",
    summary: "Changes what is known of a person",
    params: byNumber,
    body: subscriberChanges,
    statuses: [200],
    answer: subscriber,
    missing: ["unknown-subscriber"],
  },
  eraseSubscriber: {
    method: "delete",
    path: "/api/subscribers/{id}",
    scope: "subscribers:write",
    summary: "Erases a person for good; a keyed hash stays, so that no import brings them back",
    params: byNumber,
    statuses: [204],
    answer: nothing,
    missing: ["unknown-subscriber"],
  },
  unsubscribe: {
    method: "post",
    path: "/api/subscribers/{id}/unsubscribe",
    scope: "subscribers:write",
    summary: "Takes a person off a list, or off every list. A second time changes nothing.",
    params: byNumber,
    body: leaving,
    statuses: [200],
    answer: subscriber,
    missing: ["unknown-subscriber"],
  },
  suppress: {
    method: "post",
    path: "/api/suppressions",
    scope: "subscribers:write",
    summary: "Never mail an address, or a whole domain",
    body: suppressing,
    statuses: [200],
    answer: suppressed,
  },
  liftSuppression: {
    method: "post",
    path: "/api/suppressions/lift",
    scope: "subscribers:write",
    summary: "Let an address or a domain be mailed again. Nobody is put back on a list by it.",
    body: suppressing,
    statuses: [200],
    answer: suppressed,
    conflicts: ["suppression-erased"],
  },

  listCampaigns: {
    method: "get",
    path: "/api/campaigns",
    scope: "campaigns:read",
    summary: "Campaigns, the newest first",
    query: z.strictObject(pageQuery),
    statuses: [200],
    answer: pageOf(campaign),
  },
  getCampaign: {
    method: "get",
    path: "/api/campaigns/{id}",
    scope: "campaigns:read",
    summary: "One campaign with its balance",
    params: byNumber,
    statuses: [200],
    answer: campaignWithBalance,
    missing: ["unknown-campaign"],
  },
  pauseCampaign: {
    method: "post",
    path: "/api/campaigns/{id}/pause",
    scope: "campaigns:write",
    summary: "Nothing new begins within two seconds; what is on the wire finishes",
    params: byNumber,
    body: pausing,
    statuses: [200],
    answer: campaign,
    missing: ["unknown-campaign"],
    conflicts: ["wrong-state"],
  },
  resumeCampaign: {
    method: "post",
    path: "/api/campaigns/{id}/resume",
    scope: "campaigns:write",
    summary: "Goes on where a paused campaign stood",
    params: byNumber,
    body: nothing,
    statuses: [200],
    answer: campaign,
    missing: ["unknown-campaign"],
    conflicts: ["wrong-state"],
  },
  cancelCampaign: {
    method: "post",
    path: "/api/campaigns/{id}/cancel",
    scope: "campaigns:write",
    summary: "Ends a campaign for good; what is still open is skipped",
    params: byNumber,
    body: nothing,
    statuses: [200],
    answer: campaign,
    missing: ["unknown-campaign"],
    conflicts: ["wrong-state"],
  },
  listDeliveries: {
    method: "get",
    path: "/api/campaigns/{id}/deliveries",
    scope: "deliveries:read",
    summary: "What became of each recipient, in the order of their numbers",
    params: byNumber,
    query: z.strictObject({ ...pageQuery, state: deliveryState.optional() }),
    statuses: [200],
    answer: pageOf(delivery),
    missing: ["unknown-campaign"],
  },

  listFeedback: {
    method: "get",
    path: "/api/feedback",
    scope: "feedback:read",
    summary: "What came back, the oldest first. To follow it, ask again with the last item's id as the cursor.",
    query: z.strictObject({
      ...pageQuery,
      campaign: numberText.optional(),
      kind: feedbackKind.optional(),
    }),
    statuses: [200],
    answer: pageOf(feedback),
  },
} as const satisfies Record<string, ApiRoute>;

export type ApiRouteName = keyof typeof apiRoutes;

/** The same address as Hono writes it. */
export function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}
