/** People with each role, signed in to the console on a real database, asked without a socket. */
import { acceptInvitation, invite, inviteFirstAdmin } from "../../src/app/access/invitations.ts";
import { openSession } from "../../src/app/access/sessions.ts";
import { createFormToken } from "../../src/app/access/secret-token.ts";
import { roles, type Role } from "../../src/domain/access.ts";
import { createPublicWeb, type PublicWeb } from "./public-web.ts";

export const origin = "https://news.example.com";
export const password = "a few words in a row";

export interface Colleague {
  readonly id: number;
  readonly role: Role;
  readonly cookie: string;
  readonly formToken: string;
  get(path: string): Promise<Response>;
  /** As a browser sends a form of the console. */
  post(path: string, fields?: Record<string, string>): Promise<Response>;
}

export interface Console {
  readonly web: PublicWeb;
  readonly people: Readonly<Record<Role, Colleague>>;
}

export async function createConsole(environment: Record<string, string> = {}): Promise<Console> {
  const web = await createPublicWeb(environment);
  const link = (await inviteFirstAdmin(web.pool, origin)) as string;
  const people: Partial<Record<Role, Colleague>> = {};
  let admin = 0;
  for (const role of roles) {
    const path = role === "admin" ? link : await invite(web.pool, web.config, role, admin);
    const id = await acceptInvitation(web.pool, web.config, path.split("/").at(-1) as string, {
      address: `${role}@example.com`,
      name: `The ${role}`,
      password,
    });
    if (role === "admin") admin = id;
    people[role] = await signedIn(web, id, role);
  }
  return { web, people: people as Record<Role, Colleague> };
}

async function signedIn(web: PublicWeb, id: number, role: Role): Promise<Colleague> {
  const token = await openSession(web.pool, id);
  const cookie = `broadsheet_session=${token}`;
  const formToken = createFormToken(token);
  return {
    id,
    role,
    cookie,
    formToken,
    get: async (path) => web.app.request(path, { headers: { cookie } }),
    post: async (path, fields = {}) => web.post(path, { token: formToken, ...fields }, { cookie, origin }),
  };
}
