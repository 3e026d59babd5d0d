import { findAddressKey, listPersonDeliveries } from "../../adapters/postgres/person-deliveries.ts";
import { searchSubscribers, showSubscriber, type SubscriberDetails } from "../../adapters/postgres/subscribers.ts";
import { InputError } from "../../lib/errors.ts";
import { Badge, Notice, type State } from "../../ui/badge.tsx";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Table } from "../../ui/table.tsx";
import type { SubscriptionStatus } from "../../domain/subscriber.ts";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { readNumber } from "./read-number.ts";
import type { ClosedRoute } from "./routes.ts";
import { DeliveryBadge } from "./state-words.tsx";

const peopleOfPage = 50;

const statusLooks: Readonly<Record<SubscriptionStatus, readonly [State, string]>> = {
  confirmed: ["good", "confirmed"],
  pending: ["warn", "not confirmed yet"],
  unsubscribed: ["neutral", "left"],
};

export const peopleHandlers: Record<Extract<ClosedRoute, "people" | "person">, ConsoleHandler> = {
  people: renderPeople,
  person: renderPerson,
};

async function renderPeople(request: ConsoleRequest): Promise<Response> {
  const { c, pool } = request;
  const prefix = c.req.query("q") ?? "";
  const after = c.req.query("after");
  const found = await searchSubscribers(pool, {
    prefix,
    ...(after === undefined ? {} : { after }),
    limit: peopleOfPage + 1,
  });
  const people = found.slice(0, peopleOfPage);
  const last = found.length > peopleOfPage ? people.at(-1) : undefined;
  return renderConsolePage(request, {
    title: "People",
    section: "people",
    lead: "Find somebody by the beginning of their address, or everybody of a domain with @example.com.",
    children: (
      <>
        <form class="search-line" role="search" action="/console/people" method="get">
          <label class="visually-hidden" for="q">
            Beginning of an address
          </label>
          <input class="input" id="q" name="q" type="search" value={prefix} autocomplete="off" placeholder="ada@" />
          <SubmitButton kind="primary">Search</SubmitButton>
        </form>
        {people.length === 0 ? (
          <Empty>
            <h2>{prefix === "" ? "Nobody has subscribed yet" : `Nobody's address begins with ${prefix}`}</h2>
            <p>
              People come by a list's sign-up page, or from a file:{" "}
              <code>broadsheet subscribers import readers.csv --list news</code>
            </p>
          </Empty>
        ) : (
          <Table label="People" columns={["Address", "Language", "Zone", "Known since"]}>
            {people.map((person) => (
              <tr>
                <td>
                  <a href={`/console/people/${person.id}`}>{person.address}</a>
                </td>
                <td>{person.lang ?? <span class="muted">unknown</span>}</td>
                <td>{person.zone ?? <span class="muted">unknown</span>}</td>
                <td>
                  <Moment at={person.createdAt} />
                </td>
              </tr>
            ))}
          </Table>
        )}
        {last ? (
          <div>
            <LinkButton
              href={`/console/people?${new URLSearchParams({ q: prefix, after: last.addressKey }).toString()}`}
            >
              Next {peopleOfPage}
            </LinkButton>
          </div>
        ) : null}
      </>
    ),
  });
}

async function renderPerson(request: ConsoleRequest): Promise<Response> {
  const { c, pool } = request;
  const id = readNumber(c.req.param("id"));
  const key = await findAddressKey(pool, id);
  const person = key === null ? null : await showSubscriber(pool, key);
  if (!person)
    throw new InputError({ code: "unknown-subscriber", message: "This person isn't known here, or was erased." });
  const deliveries = await listPersonDeliveries(pool, id);
  return renderConsolePage(request, {
    title: person.address,
    section: "people",
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
            <Table label="Subscriptions" columns={["List", "Status", "Joined", "Last change", "Paused until"]}>
              {person.subscriptions.map((subscription) => {
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
                  </tr>
                );
              })}
            </Table>
          )}
        </section>
        <section class="section">
          <h2>Mails</h2>
          {deliveries.length === 0 ? (
            <p class="muted">Nothing was planned for this person yet.</p>
          ) : (
            <Table label="Mails" columns={["Issue", "State", "Decided", "Detail"]}>
              {deliveries.map((delivery) => (
                <tr>
                  <td>
                    <a href={`/console/campaigns/${delivery.campaignId}`}>{delivery.issueSlug}</a>
                  </td>
                  <td>
                    <DeliveryBadge state={delivery.state} />
                  </td>
                  <td>
                    <Moment at={delivery.settledAt} />
                  </td>
                  <td class="wide">{delivery.detail}</td>
                </tr>
              ))}
            </Table>
          )}
        </section>
      </>
    ),
  });
}

function factsOf(person: SubscriberDetails): readonly (readonly [string, string | null])[] {
  return [
    ["Language", person.lang],
    ["Zone", person.zone],
    ["Topics", person.topics.length === 0 ? null : person.topics.join(", ")],
    ...Object.entries(person.attributes).map(([name, value]) => [name, value] as const),
  ];
}
