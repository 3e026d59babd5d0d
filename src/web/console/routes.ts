/**
 * Every address of the console and who may use it: the one table. What is registered, what a page offers and what the test
 * walks all come from here.
 */
import type { Role } from "../../domain/access.ts";

export interface ConsoleRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** `anyone` needs no session. */
  readonly may: "anyone" | readonly Role[];
  /** A form whose last field is a file, read only when whoever sends it may. */
  readonly takesFile?: true;
}

const everybody = ["admin", "editor", "approver", "viewer"] as const;
const senders = ["admin", "editor"] as const;
const deciders = ["admin", "editor", "approver"] as const;
const approvers = ["admin", "approver"] as const;
const admins = ["admin"] as const;

export const consoleRoutes = {
  signInPage: { method: "GET", path: "/console/sign-in", may: "anyone" },
  signIn: { method: "POST", path: "/console/sign-in", may: "anyone" },
  signInCode: { method: "POST", path: "/console/sign-in/code", may: "anyone" },
  invitationPage: { method: "GET", path: "/console/invitation/:token", may: "anyone" },
  acceptInvitation: { method: "POST", path: "/console/invitation/:token", may: "anyone" },

  home: { method: "GET", path: "/console", may: everybody },
  signOut: { method: "POST", path: "/console/sign-out", may: everybody },

  account: { method: "GET", path: "/console/account", may: everybody },
  changePassword: { method: "POST", path: "/console/account/password", may: everybody },
  beginSecondFactor: { method: "POST", path: "/console/account/codes", may: everybody },
  finishSecondFactor: { method: "POST", path: "/console/account/codes/confirm", may: everybody },
  endSecondFactor: { method: "POST", path: "/console/account/codes/off", may: everybody },

  campaigns: { method: "GET", path: "/console/campaigns", may: everybody },
  campaign: { method: "GET", path: "/console/campaigns/:id", may: everybody },
  // Whoever sees that something goes wrong may stop it.
  pauseCampaign: { method: "POST", path: "/console/campaigns/:id/pause", may: deciders },
  resumeCampaign: { method: "POST", path: "/console/campaigns/:id/resume", may: deciders },
  cancelPage: { method: "GET", path: "/console/campaigns/:id/cancel", may: deciders },
  cancelCampaign: { method: "POST", path: "/console/campaigns/:id/cancel", may: deciders },
  resolveUncertain: { method: "POST", path: "/console/campaigns/:id/uncertain", may: senders },

  campaignResults: { method: "GET", path: "/console/campaigns/:id/results", may: everybody },
  exportDeliveries: { method: "GET", path: "/console/campaigns/:id/deliveries.csv", may: senders },
  explainPage: { method: "GET", path: "/console/campaigns/:id/explain", may: senders },

  sends: { method: "GET", path: "/console/sends", may: everybody },
  newSend: { method: "GET", path: "/console/sends/new", may: senders },
  countSend: { method: "POST", path: "/console/sends/count", may: senders },
  proposeSend: { method: "POST", path: "/console/sends", may: senders },
  send: { method: "GET", path: "/console/sends/:id", may: everybody },
  // To the address of whoever presses, and to nobody else.
  testSend: { method: "POST", path: "/console/sends/:id/test", may: deciders },
  // By somebody else than the author, whatever the role.
  approveSend: { method: "POST", path: "/console/sends/:id/approve", may: approvers },
  startSend: { method: "POST", path: "/console/sends/:id/start", may: deciders },
  withdrawSend: { method: "POST", path: "/console/sends/:id/withdraw", may: deciders },

  calendar: { method: "GET", path: "/console/calendar", may: everybody },
  recurrences: { method: "GET", path: "/console/recurrences", may: everybody },
  makeRecurrence: { method: "POST", path: "/console/recurrences", may: senders },
  // What must not come again is ended by whoever sees it.
  endRecurrence: { method: "POST", path: "/console/recurrences/:id/end", may: deciders },

  issues: { method: "GET", path: "/console/issues", may: everybody },
  issue: { method: "GET", path: "/console/issues/:key", may: everybody },

  lists: { method: "GET", path: "/console/lists", may: everybody },
  newList: { method: "GET", path: "/console/lists/new", may: senders },
  makeList: { method: "POST", path: "/console/lists", may: senders },
  editListPage: { method: "GET", path: "/console/lists/:slug", may: senders },
  editList: { method: "POST", path: "/console/lists/:slug", may: senders },
  segments: { method: "GET", path: "/console/segments", may: senders },

  suppressions: { method: "GET", path: "/console/suppressions", may: senders },
  addSuppression: { method: "POST", path: "/console/suppressions", may: senders },
  liftSuppression: { method: "POST", path: "/console/suppressions/lift", may: senders },

  imports: { method: "GET", path: "/console/imports", may: senders },
  uploadImport: { method: "POST", path: "/console/imports", may: senders, takesFile: true },
  importRun: { method: "GET", path: "/console/imports/:id", may: senders },
  startImport: { method: "POST", path: "/console/imports/:id/start", may: senders },
  importRejects: { method: "GET", path: "/console/imports/:id/rejects.csv", may: senders },

  // Readers' addresses are shown to those alone who need them.
  people: { method: "GET", path: "/console/people", may: senders },
  person: { method: "GET", path: "/console/people/:id", may: senders },
  editPersonPage: { method: "GET", path: "/console/people/:id/edit", may: senders },
  editPerson: { method: "POST", path: "/console/people/:id/edit", may: senders },
  suppressPerson: { method: "POST", path: "/console/people/:id/suppress", may: senders },
  liftPerson: { method: "POST", path: "/console/people/:id/lift", may: senders },
  leaveList: { method: "POST", path: "/console/people/:id/leave", may: senders },
  erasePersonPage: { method: "GET", path: "/console/people/:id/erase", may: senders },
  erasePerson: { method: "POST", path: "/console/people/:id/erase", may: senders },

  team: { method: "GET", path: "/console/team", may: admins },
  invite: { method: "POST", path: "/console/team/invitations", may: admins },
  disableUser: { method: "POST", path: "/console/team/:id/disable", may: admins },
  resetSecondFactor: { method: "POST", path: "/console/team/:id/codes/reset", may: admins },

  audit: { method: "GET", path: "/console/audit", may: admins },
  verifyAudit: { method: "GET", path: "/console/audit/verify", may: admins },

  tokens: { method: "GET", path: "/console/tokens", may: admins },
  makeToken: { method: "POST", path: "/console/tokens", may: admins },
  revokeToken: { method: "POST", path: "/console/tokens/:id/revoke", may: admins },

  webhooks: { method: "GET", path: "/console/webhooks", may: admins },
  makeWebhook: { method: "POST", path: "/console/webhooks", may: admins },
  removeWebhook: { method: "POST", path: "/console/webhooks/:id/remove", may: admins },
  resumeWebhook: { method: "POST", path: "/console/webhooks/:id/resume", may: admins },
  testWebhook: { method: "POST", path: "/console/webhooks/:id/test", may: admins },
} as const satisfies Record<string, ConsoleRoute>;

export type RouteName = keyof typeof consoleRoutes;
export type OpenRoute = {
  [Name in RouteName]: (typeof consoleRoutes)[Name]["may"] extends "anyone" ? Name : never;
}[RouteName];
export type ClosedRoute = Exclude<RouteName, OpenRoute>;

/** Whether a page may offer this to somebody. */
export function isAllowed(role: Role, name: ClosedRoute): boolean {
  return (consoleRoutes[name].may as readonly Role[]).includes(role);
}
