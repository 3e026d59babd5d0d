import { listApprovals } from "../../adapters/postgres/approvals.ts";
import {
  approveSend,
  countApprovedSend,
  proposeSend,
  requireApproval,
  startApprovedSend,
  withdrawSend,
} from "../../app/access/approve-send.ts";
import { InputError } from "../../lib/errors.ts";
import { LinkButton } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { findIssueFile } from "./issue-pages.tsx";
import { Table } from "../../ui/table.tsx";
import { readNumber } from "./read-number.ts";
import { isAllowed, type ClosedRoute } from "./routes.ts";
import { renderSendForm } from "./send-form.tsx";
import { FlightPlan, SendBadge, whenWords } from "./send-view.tsx";

/** Half a year of weekly issues. */
const sendsMax = 30;

type SendRoute = "sends" | "newSend" | "proposeSend" | "send" | "approveSend" | "startSend" | "withdrawSend";

export const sendHandlers: Record<Extract<ClosedRoute, SendRoute>, ConsoleHandler> = {
  sends: renderSends,
  newSend: (request) => renderSendForm(request, { issue: request.c.req.query("issue") ?? "" }),
  async proposeSend(request) {
    const { c, config, pool, form, session } = request;
    const text = (name: string): string | null => form.get(name)?.trim() || null;
    const issueKey = text("issue") ?? "";
    const when = form.get("when");
    try {
      const id = await proposeSend(pool, config, session.user, {
        issueKey,
        issueFile: await findIssueFile(issueKey),
        list: text("list") ?? "",
        segment: text("segment"),
        at: when === "now" ? null : text("at"),
        tz: when === "now" ? null : when === "subscriber" ? "subscriber" : text("tz"),
      });
      return c.redirect(`/console/sends/${id}?done=proposed`, 303);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderSendForm(request, Object.fromEntries(form), error.message);
    }
  },
  send: renderSend,
  async approveSend({ c, config, pool, session }) {
    const id = readNumber(c.req.param("id"));
    const { issueKey } = await requireApproval(pool, id);
    await approveSend(pool, config, session.user, id, await findIssueFile(issueKey));
    return c.redirect(`/console/sends/${id}?done=approved`, 303);
  },
  async startSend({ c, config, pool, session }) {
    const id = readNumber(c.req.param("id"));
    const { issueKey } = await requireApproval(pool, id);
    const campaign = await startApprovedSend(pool, config, session.user, id, await findIssueFile(issueKey));
    return c.redirect(`/console/campaigns/${campaign}?done=sent`, 303);
  },
  async withdrawSend({ c, config, pool, session }) {
    const id = readNumber(c.req.param("id"));
    await withdrawSend(pool, config, session.user, id);
    return c.redirect(`/console/sends/${id}?done=withdrawn`, 303);
  },
};

async function renderSends(request: ConsoleRequest): Promise<Response> {
  const sends = await listApprovals(request.pool, sendsMax);
  const mayPropose = isAllowed(request.session.user.role, "newSend");
  return renderConsolePage(request, {
    title: "Send",
    section: "sends",
    lead: "One proposes a send, somebody else approves exactly that, then it goes out.",
    action: mayPropose ? (
      <LinkButton kind="primary" href="/console/sends/new">
        New send
      </LinkButton>
    ) : null,
    children:
      sends.length === 0 ? (
        <Empty>
          <h2>Nothing was proposed yet</h2>
          <p>
            Choose an issue, a list and a time. You will see how many get it and who is left out and why, before anybody
            is asked to approve it.
          </p>
        </Empty>
      ) : (
        <Table label="Proposed sends" columns={["Issue", "List", "State", ["To send"], "When", "Author"]}>
          {sends.map((send) => (
            <tr>
              <td>
                <a href={`/console/sends/${send.id}`}>{send.issueSlug}</a>
              </td>
              <td>{send.listSlug}</td>
              <td>
                <SendBadge send={send} />
              </td>
              <td class="number">{formatCount(send.toSend)}</td>
              <td>{whenWords(send)}</td>
              <td>{send.author}</td>
            </tr>
          ))}
        </Table>
      ),
  });
}

async function renderSend(request: ConsoleRequest): Promise<Response> {
  const { c, config, pool, session } = request;
  const id = readNumber(c.req.param("id"));
  let send = await requireApproval(pool, id);
  let toSendNow: number | null = null;
  let problem: string | null = null;
  if (
    send.approvedAt &&
    send.voided === null &&
    send.campaignId === null &&
    isAllowed(session.user.role, "startSend")
  ) {
    try {
      toSendNow = await countApprovedSend(pool, config, send, await findIssueFile(send.issueKey));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problem = error.message;
      // Looking may have found that it was changed, and voided it.
      send = await requireApproval(pool, id);
    }
  }
  return renderConsolePage(request, {
    title: send.issueSlug,
    section: "sends",
    lead: `To ${send.listSlug}, proposed by ${send.author}`,
    children: <FlightPlan request={request} send={send} toSendNow={toSendNow} problem={problem} />,
  });
}
