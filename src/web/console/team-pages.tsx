import { disableUser, listUsers } from "../../adapters/postgres/access.ts";
import { invite } from "../../app/access/invitations.ts";
import { resetSecondFactor } from "../../app/access/second-factor.ts";
import { audited } from "../../app/audit/record-audit.ts";
import { isRole, roles, type Role } from "../../domain/access.ts";
import { InputError } from "../../lib/errors.ts";
import { Badge, Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Field, Form, renderConsolePage } from "./console-page.tsx";
import { readNumber } from "./read-number.ts";
import { Moment } from "./moment.tsx";
import type { ClosedRoute } from "./routes.ts";

const roleWords: Readonly<Record<Role, string>> = {
  admin: "Admin: everything, and the team",
  editor: "Editor: proposes sends, sees people",
  approver: "Approver: approves what others propose",
  viewer: "Viewer: looks on",
};

export const teamHandlers: Record<
  Extract<ClosedRoute, "team" | "invite" | "disableUser" | "resetSecondFactor">,
  ConsoleHandler
> = {
  team: (request) => renderTeam(request, null),
  async invite(request) {
    const role = request.form.get("role") ?? "";
    if (!isRole(role)) throw new InputError({ code: "bad-role", message: `The roles are ${roles.join(", ")}.` });
    const path = await invite(request.pool, request.config, role, request.session.user.id);
    return renderTeam(request, `${new URL(request.c.req.header("origin") as string).origin}${path}`);
  },
  async disableUser({ c, config, pool, session }) {
    const id = readNumber(c.req.param("id"));
    if (id === session.user.id)
      throw new InputError({ code: "own-account", message: "Somebody else has to take your account away." });
    const isDisabled = await audited(
      pool,
      config,
      (client) => disableUser(client, id),
      (done) => (done ? { actor: `user:${session.user.id}`, action: "user-disabled", subject: `user:${id}` } : null),
    );
    if (!isDisabled)
      throw new InputError({ code: "unknown-user", message: "There is nobody of this number who can sign in." });
    return c.redirect("/console/team?done=disabled", 303);
  },
  async resetSecondFactor({ c, config, pool, session }) {
    await resetSecondFactor(pool, config, session.user, readNumber(c.req.param("id")));
    return c.redirect("/console/team?done=codes-reset", 303);
  },
};

async function renderTeam(request: ConsoleRequest, link: string | null): Promise<Response> {
  const users = await listUsers(request.pool);
  return renderConsolePage(request, {
    title: "Team",
    section: "team",
    lead: "Who works here. A send is approved by somebody else than its author, so it takes two.",
    children: (
      <>
        {link === null ? null : (
          <div class="section">
            <Notice state="good" role="status">
              Give this link to one person. It works once, for a week, and is shown only now.
            </Notice>
            <code class="link">{link}</code>
          </div>
        )}
        <Table label="Team" columns={["Name", "Address", "Role", "Since", "Codes", "Account"]}>
          {users.map((user) => (
            <tr>
              <td>{user.name}</td>
              <td>{user.address}</td>
              <td>{user.disabledAt ? <Badge>left</Badge> : user.role}</td>
              <td>
                <Moment at={user.createdAt} />
              </td>
              <td>
                {user.asksCode ? "asked" : <span class="muted">not asked</span>}
                {user.asksCode && !user.disabledAt && user.id !== request.session.user.id ? (
                  <Form request={request} action={`/console/team/${user.id}/codes/reset`}>
                    <SubmitButton kind="quiet" label={`Ask no codes: ${user.name}`}>
                      Ask no codes
                    </SubmitButton>
                  </Form>
                ) : null}
              </td>
              <td>
                {user.id === request.session.user.id ? <span class="muted">you</span> : null}
                {user.disabledAt || user.id === request.session.user.id ? null : (
                  <Form request={request} action={`/console/team/${user.id}/disable`}>
                    <SubmitButton kind="quiet" label={`Take away: ${user.name}`}>
                      Take away
                    </SubmitButton>
                  </Form>
                )}
              </td>
            </tr>
          ))}
        </Table>
        <section class="section">
          <h2>Invite somebody</h2>
          <Form request={request} action="/console/team/invitations" class="form">
            <Field id="role" label="Role">
              <select class="input" id="role" name="role">
                {roles.toReversed().map((role) => (
                  <option value={role}>{roleWords[role]}</option>
                ))}
              </select>
            </Field>
            <div>
              <SubmitButton kind="primary">Make a link</SubmitButton>
            </div>
          </Form>
        </section>
      </>
    ),
  });
}
