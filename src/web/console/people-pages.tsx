import { searchSubscribers } from "../../adapters/postgres/subscribers.ts";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { PersonCells } from "./person-cells.tsx";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import type { ClosedRoute } from "./routes.ts";

const peopleOfPage = 50;

export const peopleHandlers: Record<Extract<ClosedRoute, "people">, ConsoleHandler> = { people: renderPeople };

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
    scripts: ["search.js"],
    action: (
      <div class="row">
        <LinkButton href="/console/suppressions">Suppressions</LinkButton>
        <LinkButton kind="primary" href="/console/imports">
          Import people
        </LinkButton>
      </div>
    ),
    lead: "Find somebody by the beginning of their address, or everybody of a domain with @example.com.",
    children: (
      <>
        <form class="search-line" role="search" action="/console/people" method="get" data-search>
          <label class="visually-hidden" for="q">
            Beginning of an address
          </label>
          <input class="input" id="q" name="q" type="search" value={prefix} autocomplete="off" placeholder="ada@" />
          <SubmitButton kind="primary">Search</SubmitButton>
        </form>
        <div class="section" data-found>
          {people.length === 0 ? (
            <Empty>
              <h2>{prefix === "" ? "Nobody has subscribed yet" : `Nobody's address begins with ${prefix}`}</h2>
              <p>
                People come by a list's sign-up page, or <a href="/console/imports">from a file</a>.
              </p>
            </Empty>
          ) : (
            <Table label="People" columns={["Address", "Language", "Zone", "Known since"]}>
              {people.map((person) => (
                <tr>
                  <PersonCells person={person} />
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
        </div>
      </>
    ),
  });
}
