import { readBalance, readReasons } from "../../adapters/postgres/ledger/balance.ts";
import { findCampaign, listCampaigns } from "../../adapters/postgres/ledger/campaigns.ts";
import { listDeliveries } from "../../adapters/postgres/ledger/deliveries.ts";
import { countAcceptedInMinute } from "../../adapters/postgres/ledger/recent-pace.ts";
import { orderCampaignAs } from "../../app/order-campaign.ts";
import { resolveUncertain } from "../../app/resolve-uncertain.ts";
import { parseDeliveryId } from "../../domain/delivery.ts";
import { InputError } from "../../lib/errors.ts";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { formatCount, formatMany } from "../../ui/format.ts";
import { CampaignLive, UncertainDeliveries } from "./campaign-view.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, Form, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { Table } from "../../ui/table.tsx";
import { readNumber } from "./read-number.ts";
import { isAllowed, type ClosedRoute } from "./routes.ts";
import { CampaignBadge } from "./state-words.tsx";

/** Each balance is counted from rows, so a page shows those that people still think of. */
const campaignsMax = 20;
/** Decided one by one; more of them have one cause, and the command line is for that. */
const uncertainMax = 50;

type CampaignRoute =
  | "campaigns"
  | "campaign"
  | "pauseCampaign"
  | "resumeCampaign"
  | "cancelPage"
  | "cancelCampaign"
  | "resolveUncertain";

export const campaignHandlers: Record<Extract<ClosedRoute, CampaignRoute>, ConsoleHandler> = {
  campaigns: renderCampaigns,
  campaign: renderCampaign,
  pauseCampaign: (request) => order(request, "pause", "paused"),
  resumeCampaign: (request) => order(request, "resume", "resumed"),
  cancelPage: renderCancelling,
  cancelCampaign: (request) => order(request, "cancel", "cancelled"),
  async resolveUncertain(request) {
    const { c, config, pool, form, session } = request;
    const id = readNumber(c.req.param("id"));
    const delivery = form.get("delivery") ?? "";
    if (parseDeliveryId(delivery)?.campaign !== id)
      throw new InputError({ code: "bad-id", message: "This delivery belongs to another campaign." });
    await resolveUncertain(pool, config, `user:${session.user.id}`, delivery, form.get("decision") ?? "");
    return c.redirect(`/console/campaigns/${id}?done=resolved`, 303);
  },
};

async function order(
  { c, config, pool, session }: ConsoleRequest,
  what: "pause" | "resume" | "cancel",
  done: string,
): Promise<Response> {
  const campaign = readNumber(c.req.param("id"));
  const reason = what === "resume" ? null : `by ${session.user.name}`;
  await orderCampaignAs(pool, config, `user:${session.user.id}`, { campaign, what, reason });
  return c.redirect(`/console/campaigns/${campaign}?done=${done}`, 303);
}

async function renderCampaigns(request: ConsoleRequest): Promise<Response> {
  const { pool, session } = request;
  const campaigns = await Promise.all(
    (await listCampaigns(pool, campaignsMax)).map(async (campaign) => ({
      ...campaign,
      balance: await readBalance(pool, campaign.id),
    })),
  );
  const mayPropose = isAllowed(session.user.role, "newSend");
  return renderConsolePage(request, {
    title: "Campaigns",
    section: "campaigns",
    lead: "What was decided to be sent, and what became of it. Every number is counted from the ledger's rows.",
    action: mayPropose ? (
      <LinkButton kind="primary" href="/console/sends/new">
        New send
      </LinkButton>
    ) : null,
    children:
      campaigns.length === 0 ? (
        <Empty>
          <h2>Nothing was sent yet</h2>
          <p>
            A campaign is an issue that goes to a list. Write the issue as a file in <code>issues/</code>, choose it and
            a list under Send, look at the flight plan, and let somebody else approve it.
          </p>
          {mayPropose ? <LinkButton href="/console/sends/new">Prepare the first send</LinkButton> : null}
        </Empty>
      ) : (
        <Table
          label="Campaigns"
          columns={[
            "Issue",
            "List",
            "State",
            ["Planned"],
            ["Accepted"],
            ["Refused"],
            ["Skipped"],
            ["Uncertain"],
            ["To go"],
            "Starts",
          ]}
        >
          {campaigns.map((campaign) => (
            <tr>
              <td>
                <a href={`/console/campaigns/${campaign.id}`}>{campaign.issueSlug}</a>
              </td>
              <td>{campaign.listSlug}</td>
              <td>
                <CampaignBadge state={campaign.state} />
              </td>
              <td class="number">{formatCount(campaign.planned)}</td>
              {(["accepted", "refused", "skipped", "uncertain", "remaining"] as const).map((part) => (
                <td class="number">{formatCount(campaign.balance?.[part] ?? 0)}</td>
              ))}
              <td>
                <Moment at={campaign.startsAt} />
              </td>
            </tr>
          ))}
        </Table>
      ),
  });
}

async function renderCampaign(request: ConsoleRequest): Promise<Response> {
  const { c, pool, session } = request;
  const campaign = await findCampaign(pool, readNumber(c.req.param("id")));
  const isOpen = ["scheduled", "sending", "paused"].includes(campaign.state);
  const [balance, reasons, perMinute, uncertain] = await Promise.all([
    readBalance(pool, campaign.id),
    readReasons(pool, campaign.id),
    isOpen ? countAcceptedInMinute(pool, campaign.id) : 0,
    listDeliveries(pool, campaign.id, "uncertain", uncertainMax),
  ]);
  const { role } = session.user;
  const mayOrder = isAllowed(role, "pauseCampaign");
  const path = `/console/campaigns/${campaign.id}`;
  return renderConsolePage(request, {
    title: campaign.issueSlug,
    section: "campaigns",
    lead: (
      <>
        Campaign {campaign.id} to {campaign.listSlug}
        {campaign.segment === null ? "" : `, those for whom ${campaign.segment} holds`}
      </>
    ),
    follows: isOpen,
    action: (
      <div class="row">
        <LinkButton href={`${path}/results`}>Results</LinkButton>
        {mayOrder && isOpen ? (
          <>
            {campaign.state === "paused" ? (
              <Form request={request} action={`${path}/resume`}>
                <SubmitButton kind="primary">Resume</SubmitButton>
              </Form>
            ) : (
              <Form request={request} action={`${path}/pause`}>
                <SubmitButton kind="primary">Pause</SubmitButton>
              </Form>
            )}
            <LinkButton kind="danger" href={`${path}/cancel`}>
              Cancel…
            </LinkButton>
          </>
        ) : null}
      </div>
    ),
    children: (
      <>
        {balance ? (
          <CampaignLive
            campaign={campaign}
            balance={balance}
            reasons={reasons}
            perMinute={perMinute}
            isOpen={isOpen}
            showsAddresses={isAllowed(role, "people")}
          />
        ) : null}
        {uncertain.length === 0 ? null : (
          <UncertainDeliveries
            request={request}
            action={`${path}/uncertain`}
            deliveries={uncertain}
            mayResolve={isAllowed(role, "resolveUncertain")}
            maySeeAddresses={isAllowed(role, "people")}
          />
        )}
      </>
    ),
  });
}

async function renderCancelling(request: ConsoleRequest): Promise<Response> {
  const { c, pool } = request;
  const campaign = await findCampaign(pool, readNumber(c.req.param("id")));
  const balance = await readBalance(pool, campaign.id);
  const path = `/console/campaigns/${campaign.id}`;
  return renderConsolePage(request, {
    title: `Cancel ${campaign.issueSlug}?`,
    section: "campaigns",
    children: (
      <div class="section">
        <p>
          {formatMany(balance?.remaining ?? 0, "person", "people")} would not get it.{" "}
          {formatMany(balance?.accepted ?? 0, "mail")} went out already and can't be called back. This is final; to stop
          for a while, pause instead.
        </p>
        <div class="row">
          <Form request={request} action={`${path}/cancel`}>
            <SubmitButton kind="danger">Cancel the campaign for good</SubmitButton>
          </Form>
          <LinkButton href={path}>Keep it</LinkButton>
        </div>
      </div>
    ),
  });
}
