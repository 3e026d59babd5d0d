/** What a person may do in the console; web/console/routes.ts says which route is whose. */
export const roles = ["admin", "editor", "approver", "viewer"] as const;
export type Role = (typeof roles)[number];

/** Somebody who works here. */
export interface User {
  readonly id: number;
  /** As they gave it. */
  readonly address: string;
  readonly name: string;
  readonly role: Role;
}

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
