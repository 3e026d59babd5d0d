import type { Pool } from "../adapters/postgres/connect.ts";
import { inviteFirstAdmin } from "../app/access/invitations.ts";

/**
 * Where the console is or, while nobody has an account, the link that makes the first admin.
 * @param url by this machine's own name: the first admin stands before this terminal
 */
export async function describeConsole(pool: Pool, url: string): Promise<string> {
  const invitation = await inviteFirstAdmin(pool, url);
  if (invitation === null) return `Console     ${url}/console`;
  return `Console     nobody has an account yet; this link makes the first admin, once, within a day:\n            ${invitation}`;
}
