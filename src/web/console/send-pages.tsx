import { findCampaignIssueKey, listApprovals } from "../../adapters/postgres/approvals.ts";
import { findCampaign } from "../../adapters/postgres/ledger/campaigns.ts";
import {
  approveSend,
  countApprovedSend,
  proposeSend,
  requireApproval,
  startApprovedSend,
  withdrawSend,
} from "../../app/access/approve-send.ts";
import { sendTest } from "../../app/send-test.ts";
import { InputError } from "../../lib/errors.ts";
import { LinkButton } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { countAudience } from "./audience-count.tsx";
import { findIssueFile, findIssueKey } from "./issue-pages.tsx";
import { Table } from "../../ui/table.tsx";
import { readNumber } from "./read-number.ts";
import { givenSend, readSendForm, type GivenSend } from "./read-send-form.ts";
import { isAllowed, type ClosedRoute } from "./routes.ts";
import { renderSendForm } from "./send-form.tsx";
import { FlightPlan, SendBadge, type TestedSend, whenWords } from "./send-view.tsx";

/** Half a year of weekly issues. */
const sendsMax = 30;

type SendRoute =
  | "sends"
  | "newSend"
  | "countSend"
  | "proposeSend"
  | "send"
  | "testSend"
  | "approveSend"
  | "startSend"
  | "withdrawSend";

export const sendHandlers: Record<Extract<ClosedRoute, SendRoute>, ConsoleHandler> = {
  sends: renderSends,
  newSend: async (request) => renderSendForm(request, givenSend(await suggestSend(request))),
  async countSend(request) {
    const values = Object.fromEntries(request.form);
    try {
      return await renderSendForm(request, givenSend(values), await countAudience(request));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderSendForm(request, givenSend(values, error));
    }
  },
  async proposeSend(request) {
    const { c, config, pool, form, session } = request;
    const send = readSendForm(form);
    try {
      const issueFile = await findIssueFile(send.issueKey);
      const id = await proposeSend(pool, config, session.user, { ...send, issueFile });
      return c.redirect(`/console/sends/${id}?done=proposed`, 303);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderSendForm(request, givenSend(Object.fromEntries(form), error));
    }
  },
  send: (request) => renderSend(request),
  async testSend(request) {
    const { c, config, pool, session } = request;
    const { issueKey, listSlug } = await requireApproval(pool, readNumber(c.req.param("id")));
    const { address } = session.user;
    const options = { issueFile: await findIssueFile(issueKey), list: listSlug, address };
    return renderSend(request, { ...(await sendTest(pool, config, options)), address });
  },
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

/** A new send of an issue, or to those whom a campaign missed. */
async function suggestSend({ c, pool }: ConsoleRequest): Promise<GivenSend["values"]> {
  const id = c.req.query("campaign");
  if (id === undefined) return { issue: c.req.query("issue") ?? "" };
  const campaign = await findCampaign(pool, readNumber(id));
  const issue = (await findCampaignIssueKey(pool, campaign.id)) ?? (await findIssueKey(campaign.issueSlug)) ?? "";
  return { issue, list: campaign.listSlug, segment: campaign.segment ?? "", whom: "missed" };
}

async function renderSends(request: ConsoleRequest): Promise<Response> {
  const sends = await listApprovals(request.pool, sendsMax);
  const mayPropose = isAllowed(request.session.user.role, "newSend");
  return renderConsolePage(request, {
    title: "Send",
    section: "sends",
    lead: "One proposes a send, somebody else approves exactly that, then it goes out.",
    action: (
      <div class="row">
        <LinkButton href="/console/calendar">Calendar</LinkButton>
        <LinkButton href="/console/recurrences">Recurring sends</LinkButton>
        {mayPropose ? (
          <LinkButton kind="primary" href="/console/sends/new">
            New send
          </LinkButton>
        ) : null}
      </div>
    ),
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

async function renderSend(request: ConsoleRequest, tested: TestedSend | null = null): Promise<Response> {
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
    children: <FlightPlan request={request} send={send} toSendNow={toSendNow} problem={problem} tested={tested} />,
  });
}
