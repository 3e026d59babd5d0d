import { allLists } from "../../adapters/postgres/lists.ts";
import { Badge } from "../../ui/badge.tsx";
import { formatCount } from "../../ui/format.ts";
import type { ConsoleHandler } from "./console-request.ts";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { Table } from "../../ui/table.tsx";
import type { ClosedRoute } from "./routes.ts";

export const listHandlers: Record<Extract<ClosedRoute, "lists">, ConsoleHandler> = {
  async lists(request) {
    const lists = await allLists(request.pool);
    return renderConsolePage(request, {
      title: "Lists",
      section: "lists",
      lead: "Who subscribed to what, and who sends it.",
      children:
        lists.length === 0 ? (
          <Empty>
            <h2>There is no list yet</h2>
            <p>A list is an audience with its sender. Make the first one on the command line:</p>
            <code>broadsheet lists create news --from news@example.com --postal "Street 1, 12345 Town"</code>
          </Empty>
        ) : (
          <Table label="Lists" columns={["List", "Sender", "Postal address", ["Confirmed"], ["Pending"], ["Left"]]}>
            {lists.map((list) => (
              <tr>
                <td>
                  {list.name} <span class="muted">{list.slug}</span>
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
  },
};
