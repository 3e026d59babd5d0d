import type { CampaignRecord } from "../../adapters/postgres/ledger/campaigns.ts";
import type { DeliveryRecord } from "../../adapters/postgres/ledger/deliveries.ts";
import type { DeliveryState } from "../../domain/delivery.ts";
import type { Balance } from "../../domain/ledger.ts";
import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { formatCount, formatMany } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import type { ConsoleRequest } from "./console-request.ts";
import { Form } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { withoutAddresses } from "./without-addresses.ts";
import { CampaignBadge, DeliveryBadge } from "./state-words.tsx";

/** The part of a campaign's page that moves. */
export function CampaignLive(props: {
  readonly campaign: CampaignRecord;
  readonly balance: Balance;
  readonly reasons: readonly { readonly state: string; readonly detail: string; readonly count: number }[];
  readonly perMinute: number;
  readonly isOpen: boolean;
  /** Servers name the reader in their replies. */
  readonly showsAddresses: boolean;
}) {
  const { campaign, balance, reasons } = props;
  return (
    <div class="section" data-live={props.isOpen ? "open" : "done"}>
      <div class="row">
        <CampaignBadge state={campaign.state} />
        <span>{describeProgress(campaign, balance, props.perMinute)}</span>
      </div>
      {campaign.state === "paused" && campaign.stateReason !== null ? (
        <Notice state="warn">
          <span>Paused: {campaign.stateReason}</span>
        </Notice>
      ) : null}
      <progress
        max={Math.max(balance.planned, 1)}
        value={balance.planned - balance.remaining}
        aria-label="Deliveries that are decided"
      ></progress>
      <dl class="figures">
        {(
          [
            ["Planned", balance.planned],
            ["Accepted", balance.accepted],
            ["Refused", balance.refused],
            ["Skipped", balance.skipped],
            ["Uncertain", balance.uncertain],
            ["To go", balance.remaining],
          ] as const
        ).map(([name, count]) => (
          <div>
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
      <p class="muted small">
        Planned = accepted + refused + skipped + uncertain + to go, always. Accepted means that the reader's mail server
        took it.
      </p>
      {reasons.length === 0 ? null : (
        <section class="section">
          <h2>Why not accepted</h2>
          <Table label="Reasons" columns={["State", ["People"], "Reason, in the server's words or ours"]}>
            {reasons.map((reason) => (
              <tr>
                <td>
                  <DeliveryBadge state={reason.state as DeliveryState} />
                </td>
                <td class="number">{formatCount(reason.count)}</td>
                <td class="wide">{props.showsAddresses ? reason.detail : withoutAddresses(reason.detail)}</td>
              </tr>
            ))}
          </Table>
        </section>
      )}
    </div>
  );
}

function describeProgress(campaign: CampaignRecord, balance: Balance, perMinute: number) {
  const rate = `${formatMany(perMinute, "mail")} accepted in the last minute`;
  switch (campaign.state) {
    case "scheduled":
      return (
        <>
          Begins <Moment at={campaign.startsAt} />.
        </>
      );
    case "sending":
      if (perMinute === 0 || balance.remaining === 0) return `${rate}.`;
      return `${rate}. At this rate about ${formatMany(Math.ceil(balance.remaining / perMinute), "minute")} to go, for those whose hour has come.`;
    case "paused":
      return `${formatCount(balance.remaining)} wait.`;
    default:
      return (
        <>
          Ended <Moment at={campaign.finishedAt} />.
        </>
      );
  }
}

/** Deliveries whose reply never came, each for a person to decide. */
export function UncertainDeliveries(props: {
  readonly request: ConsoleRequest;
  readonly action: string;
  readonly deliveries: readonly DeliveryRecord[];
  readonly mayResolve: boolean;
  readonly maySeeAddresses: boolean;
}) {
  return (
    <section class="section">
      <h2>Uncertain: decide what became of them</h2>
      <p class="muted">
        The connection ended before the server said yes or no. It may have arrived: sending again may be a second copy.
      </p>
      <Table label="Uncertain deliveries" columns={["Delivery", "Reader", "What happened", "Decision"]}>
        {props.deliveries.map((delivery) => (
          <tr>
            <td class="numbers">{delivery.delivery}</td>
            <td>{props.maySeeAddresses ? (delivery.address ?? "(erased)") : `reader ${delivery.subscriberId}`}</td>
            <td class="wide">{delivery.detail}</td>
            <td>
              {props.mayResolve ? (
                <Form request={props.request} action={props.action} class="row">
                  <input type="hidden" name="delivery" value={delivery.delivery} />
                  <SubmitButton name="decision" value="accept" label={`It arrived: ${delivery.delivery}`}>
                    It arrived
                  </SubmitButton>
                  <SubmitButton name="decision" value="resend" label={`Send again: ${delivery.delivery}`}>
                    Send again
                  </SubmitButton>
                </Form>
              ) : null}
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
