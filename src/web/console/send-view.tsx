import type { Approval } from "../../adapters/postgres/approvals.ts";
import { describeDestination } from "../../app/destination.ts";
import type { SentNow } from "../../app/send-now.ts";
import { Badge, Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { Facts } from "../../ui/facts.tsx";
import { formatCount, formatMany } from "../../ui/format.ts";
import type { ConsoleRequest } from "./console-request.ts";
import { Flight, optionFacts } from "./flight-view.tsx";
import { Form } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { Table } from "../../ui/table.tsx";
import { isAllowed } from "./routes.ts";

export function SendBadge({ send }: { readonly send: Approval }) {
  if (send.campaignId !== null) return <Badge state="good">started</Badge>;
  if (send.voided !== null) return <Badge>holds no more</Badge>;
  if (send.approvedAt) return <Badge state="accent">approved</Badge>;
  return <Badge state="warn">waits for approval</Badge>;
}

export function whenWords({ at, tz }: Pick<Approval, "at" | "tz">): string {
  if (at === null) return "as soon as it is started";
  const time = at.replace("T", " ");
  return tz === "subscriber" ? `${time} where each reader lives` : `${time} ${tz ?? ""}`.trim();
}

/** A test mail that was just sent, and what its server said. */
export interface TestedSend extends SentNow {
  readonly address: string;
}

/** What would go out, to how many, who is left out and why; and the next step for whoever looks. */
export function FlightPlan(props: {
  readonly request: ConsoleRequest;
  readonly send: Approval;
  readonly toSendNow: number | null;
  readonly problem: string | null;
  readonly tested: TestedSend | null;
}) {
  const { request, send, toSendNow } = props;
  const path = `/console/sends/${send.id}`;
  const { user } = request.session;
  const isOpen = send.voided === null && send.campaignId === null;
  const mayApprove = isOpen && !send.approvedAt && isAllowed(user.role, "approveSend") && send.authorId !== user.id;
  return (
    <>
      <div class="row">
        <SendBadge send={send} />
        {send.campaignId === null ? null : (
          <a href={`/console/campaigns/${send.campaignId}`}>Follow campaign {send.campaignId}</a>
        )}
      </div>
      {props.tested ? (
        <Notice state={props.tested.outcome === "accepted" ? "good" : "bad"} role="status">
          <span>
            The test to {props.tested.address}: {props.tested.outcome}. {props.tested.detail}
          </span>
        </Notice>
      ) : null}
      {send.voided === null ? null : <Notice>This send holds no more: {send.voided}</Notice>}
      {props.problem === null || send.voided !== null ? null : (
        <Notice state="bad" role="alert">
          It can't be started as things stand: {props.problem}
        </Notice>
      )}
      <dl class="figures">
        <div>
          <dt>On the list</dt>
          <dd>{formatCount(send.planned)}</dd>
        </div>
        <div>
          <dt>To send</dt>
          <dd>{formatCount(send.toSend)}</dd>
        </div>
        <div>
          <dt>Left out</dt>
          <dd>{formatCount(send.planned - send.toSend)}</dd>
        </div>
      </dl>
      <Facts
        facts={[
          [
            "Issue",
            <a href={`/console/issues/${encodeURIComponent(send.issueKey)}`}>{send.issueKey}, with its checks</a>,
          ],
          ["Segment", send.segment === null ? "everybody on the list" : <code>{send.segment}</code>],
          ["Begins", whenWords(send)],
          ...optionFacts(send.options),
          ["Goes to", describeDestination(request.config).words],
          [
            "Proposed",
            <>
              by {send.author}, <Moment at={send.createdAt} />
            </>,
          ],
          [
            "Approved",
            send.approvedAt ? (
              <>
                by {send.approver}, <Moment at={send.approvedAt} />
              </>
            ) : (
              "not yet"
            ),
          ],
          ["Digest", <code>{send.digestId.slice(0, 16)}</code>],
        ]}
      />
      {send.skipped.length === 0 ? null : (
        <section class="section">
          <h2>Who is left out</h2>
          <Table label="Left out" columns={[["People"], "Why"]}>
            {send.skipped.map(({ reason, count }) => (
              <tr>
                <td class="number">{formatCount(count)}</td>
                <td class="wide">{reason}</td>
              </tr>
            ))}
          </Table>
        </section>
      )}
      {send.flight === null ? null : <Flight flight={send.flight} reckonedAt={send.createdAt} />}
      {isOpen && !send.approvedAt && !mayApprove ? (
        <p>
          {send.authorId === user.id
            ? "You proposed it: somebody else, an admin or an approver, has to open this page and approve it."
            : "An admin or an approver other than the author has to approve it."}
        </p>
      ) : null}
      <div class="row">
        {mayApprove ? (
          <Form request={request} action={`${path}/approve`}>
            <SubmitButton kind="primary">{`Approve: ${formatMany(send.toSend, "person", "people")}, ${whenWords(send)}`}</SubmitButton>
          </Form>
        ) : null}
        {toSendNow === null || toSendNow === 0 ? null : (
          <Form request={request} action={`${path}/start`}>
            <SubmitButton kind="primary">{`Send to ${formatMany(toSendNow, "person", "people")}`}</SubmitButton>
          </Form>
        )}
        {isOpen && isAllowed(user.role, "testSend") ? (
          <Form request={request} action={`${path}/test`}>
            <SubmitButton>Send a test to myself</SubmitButton>
          </Form>
        ) : null}
        {isOpen && isAllowed(user.role, "withdrawSend") ? (
          <Form request={request} action={`${path}/withdraw`}>
            <SubmitButton kind="quiet">Withdraw</SubmitButton>
          </Form>
        ) : null}
      </div>
      {toSendNow === 0 ? <p>Nobody would get it at this moment.</p> : null}
      <p class="muted small">
        An approval is of exactly this: the issue as compiled, the list and its sender, the segment, the time and what
        else was asked for. A change of any of them ends it. Who joins or leaves the list until it starts is counted
        then.
      </p>
    </>
  );
}
