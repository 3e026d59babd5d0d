import type { PersonEvent } from "../../adapters/postgres/person-timeline.ts";
import type { SubscriberDetails, Subscription } from "../../adapters/postgres/subscribers.ts";
import type { SubscriptionStatus } from "../../domain/subscriber.ts";
import { Badge, Notice, type State } from "../../ui/badge.tsx";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Table } from "../../ui/table.tsx";
import type { ConsoleRequest } from "./console-request.ts";
import { Field, Form, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { Timeline } from "./person-timeline.tsx";

const statusLooks: Readonly<Record<SubscriptionStatus, readonly [State, string]>> = {
  confirmed: ["good", "confirmed"],
  pending: ["warn", "not confirmed yet"],
  unsubscribed: ["neutral", "left"],
};

/** @param next the cursor of the timeline's next page */
export function renderPersonPage(
  request: ConsoleRequest,
  person: SubscriberDetails,
  events: readonly PersonEvent[],
  next: string | null,
): Promise<Response> {
  const path = `/console/people/${person.id}`;
  return renderConsolePage(request, {
    title: person.address,
    section: "people",
    action: (
      <div class="row">
        <LinkButton kind="primary" href={`${path}/edit`}>
          Edit
        </LinkButton>
        <LinkButton kind="danger" href={`${path}/erase`}>
          Erase…
        </LinkButton>
      </div>
    ),
    children: (
      <>
        {person.suppression ? (
          <Notice state="warn">
            <span>
              Is not mailed: {person.suppression.reason}, by {person.suppression.source}, since{" "}
              <Moment at={person.suppression.createdAt} />.
            </span>
          </Notice>
        ) : null}
        <Facts facts={factsOf(person)} />
        <section class="section">
          <h2>Subscriptions</h2>
          {person.subscriptions.length === 0 ? (
            <p class="muted">On no list.</p>
          ) : (
            <Table label="Subscriptions" columns={["List", "Status", "Joined", "Last change", "Paused until", "Do"]}>
              {person.subscriptions.map((subscription) => (
                <SubscriptionRow request={request} path={path} subscription={subscription} />
              ))}
            </Table>
          )}
        </section>
        <section class="section">
          <h2>Timeline</h2>
          <Timeline events={events} />
          {next === null ? null : (
            <div>
              <LinkButton href={`${path}?${new URLSearchParams({ before: next }).toString()}`}>Earlier</LinkButton>
            </div>
          )}
        </section>
        <Suppressing request={request} path={path} person={person} />
      </>
    ),
  });
}

function SubscriptionRow(props: {
  readonly request: ConsoleRequest;
  readonly path: string;
  readonly subscription: Subscription;
}) {
  const { subscription } = props;
  const [look, word] = statusLooks[subscription.status];
  return (
    <tr>
      <td>{subscription.listName}</td>
      <td>
        <Badge state={look}>{word}</Badge>
      </td>
      <td>
        <Moment at={subscription.joinedAt} />
      </td>
      <td>
        <Moment at={subscription.changedAt} />
      </td>
      <td>{subscription.pausedUntil ? <Moment at={subscription.pausedUntil} /> : "not paused"}</td>
      <td>
        {subscription.status === "unsubscribed" ? null : (
          <Form request={props.request} action={`${props.path}/leave`}>
            <input type="hidden" name="list" value={subscription.list} />
            <SubmitButton kind="quiet" label={`Take off the list ${subscription.listName}`}>
              Take off
            </SubmitButton>
          </Form>
        )}
      </td>
    </tr>
  );
}

/** The one of the two that applies; a domain that is barred is not this person's to lift. */
function Suppressing(props: {
  readonly request: ConsoleRequest;
  readonly path: string;
  readonly person: SubscriberDetails;
}) {
  const { addressKey, suppression } = props.person;
  const lifts = suppression?.key === addressKey;
  return (
    <section class="section">
      <h2>{lifts ? "Lift the suppression" : "Suppress"}</h2>
      <Form request={props.request} action={`${props.path}/${lifts ? "lift" : "suppress"}`} class="form">
        <Field
          id="reason"
          label="Reason, in your words"
          hint={
            lifts
              ? "Kept for good. Mail may go there again; nobody is put back on a list by it."
              : "Kept. No list and no campaign mails a suppressed address."
          }
        >
          <input class="input" id="reason" name="reason" required maxlength={500} aria-describedby="reason-hint" />
        </Field>
        <div>
          <SubmitButton kind={lifts ? "normal" : "danger"}>
            {lifts ? "Let it be mailed again" : "Suppress this address"}
          </SubmitButton>
        </div>
      </Form>
    </section>
  );
}

function factsOf(person: SubscriberDetails): readonly (readonly [string, string | null])[] {
  return [
    ["Language", person.lang],
    ["Zone", person.zone],
    ["Topics", person.topics.length === 0 ? null : person.topics.join(", ")],
    ...Object.entries(person.attributes).map(([name, value]) => [name, value] as const),
  ];
}

/** @param problem what was wrong with the words that confirm it */
export function renderErasing(request: ConsoleRequest, person: SubscriberDetails, problem?: string): Promise<Response> {
  const path = `/console/people/${person.id}`;
  return renderConsolePage(request, {
    title: `Erase ${person.address}?`,
    section: "people",
    status: problem === undefined ? 200 : 422,
    children: (
      <div class="section">
        <p>
          Address, fields, subscriptions and what came back are removed for good, and out of servers' replies too. What
          was sent stays counted, without a name. A hash stays, so that no import brings the person back: only they can,
          by signing up.
        </p>
        {problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {problem}
          </Notice>
        )}
        <Form request={request} action={`${path}/erase`} class="form">
          <Field id="address" label={`Write ${person.address} to erase this person`}>
            <input class="input" id="address" name="address" required autocomplete="off" spellcheck={false} />
          </Field>
          <div class="row">
            <SubmitButton kind="danger">Erase for good</SubmitButton>
            <LinkButton href={path}>Keep</LinkButton>
          </div>
        </Form>
      </div>
    ),
  });
}
