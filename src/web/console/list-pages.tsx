import { allLists, createList, showList, updateList, type ListDetails } from "../../adapters/postgres/lists.ts";
import { setListPages } from "../../adapters/postgres/public-lists.ts";
import { audited } from "../../app/audit/record-audit.ts";
import { InputError } from "../../lib/errors.ts";
import { Badge } from "../../ui/badge.tsx";
import { LinkButton } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { fieldsOfList, pagesOfForm, renderListForm, settingsOfForm } from "./list-form.tsx";
import { isAllowed, type ClosedRoute } from "./routes.ts";

type ListRoute = "lists" | "newList" | "makeList" | "editListPage" | "editList";

export const listHandlers: Record<Extract<ClosedRoute, ListRoute>, ConsoleHandler> = {
  lists: renderLists,
  newList: (request) => renderListForm(request, { slug: null, fields: new URLSearchParams() }),
  async makeList(request) {
    const { c, pool, config, form, session } = request;
    const slug = (form.get("slug") ?? "").trim();
    try {
      await audited(
        pool,
        config,
        (client) => createList(client, { slug, ...settingsOfForm(form) }),
        () => ({ actor: `user:${session.user.id}`, action: "list-made", subject: `list:${slug}` }),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderListForm(request, { slug: null, fields: form, problem: error.message });
    }
    return c.redirect("/console/lists?done=list-made", 303);
  },
  async editListPage(request) {
    const list = await listOf(request);
    return renderListForm(request, { slug: list.slug, fields: fieldsOfList(list) });
  },
  async editList(request) {
    const { c, pool, config, form, session } = request;
    const { slug } = await listOf(request);
    const changes = settingsOfForm(form);
    const pages = pagesOfForm(form);
    try {
      await audited(
        pool,
        config,
        async (client) => {
          await updateList(client, slug, changes);
          await setListPages(client, slug, pages);
        },
        () => ({
          actor: `user:${session.user.id}`,
          action: "list-changed",
          subject: `list:${slug}`,
          facts: { fields: Object.keys(changes), pages: Object.keys(pages) },
        }),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderListForm(request, { slug, fields: form, problem: error.message });
    }
    return c.redirect("/console/lists?done=changed", 303);
  },
};

/** @throws InputError `list-unknown` */
async function listOf({ c, pool }: ConsoleRequest): Promise<ListDetails> {
  return showList(pool, c.req.param("slug") ?? "");
}

async function renderLists(request: ConsoleRequest): Promise<Response> {
  const lists = await allLists(request.pool);
  const mayMake = isAllowed(request.session.user.role, "newList");
  return renderConsolePage(request, {
    title: "Lists",
    section: "lists",
    lead: "Who subscribed to what, and who sends it.",
    action: mayMake ? (
      <div class="row">
        <LinkButton href="/console/segments">Segments</LinkButton>
        <LinkButton kind="primary" href="/console/lists/new">
          New list
        </LinkButton>
      </div>
    ) : null,
    children:
      lists.length === 0 ? (
        <Empty>
          <h2>There is no list yet</h2>
          <p>A list is an audience with its sender. People join it by its sign-up page, or from a file.</p>
          {mayMake ? <LinkButton href="/console/lists/new">Make the first list</LinkButton> : null}
        </Empty>
      ) : (
        <Table label="Lists" columns={["List", "Sender", "Postal address", ["Confirmed"], ["Pending"], ["Left"]]}>
          {lists.map((list) => (
            <tr>
              <td>
                {mayMake ? <a href={`/console/lists/${list.slug}`}>{list.name}</a> : list.name}{" "}
                <span class="muted">{list.slug}</span>
              </td>
              <td>
                {list.sender.fromName} &lt;{list.sender.fromAddress}&gt;
              </td>
              <td>
                {list.sender.postalAddress.length === 0 ? (
                  <Badge state="warn">missing: nothing can be sent</Badge>
                ) : (
                  list.sender.postalAddress.join(", ")
                )}
              </td>
              <td class="number">{formatCount(list.subscriptions.confirmed)}</td>
              <td class="number">{formatCount(list.subscriptions.pending)}</td>
              <td class="number">{formatCount(list.subscriptions.unsubscribed)}</td>
            </tr>
          ))}
        </Table>
      ),
  });
}
