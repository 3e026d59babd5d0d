import { readTimeline } from "../../adapters/postgres/person-timeline.ts";
import type { SubscriberDetails } from "../../adapters/postgres/subscribers.ts";
import { liftByHand, suppressByHand } from "../../app/change-suppression.ts";
import { erasePersonById } from "../../app/erase-people.ts";
import { changeSubscriber, showById, unsubscribePerson } from "../../app/save-subscriber.ts";
import type { Actor } from "../../domain/audit.ts";
import { InputError } from "../../lib/errors.ts";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { changesOf, renderEditing } from "./person-form.tsx";
import { renderErasing, renderPersonPage } from "./person-view.tsx";
import { readNumber } from "./read-number.ts";
import type { ClosedRoute } from "./routes.ts";

/** What a consent, a leaving and a tombstone say of where it was done. */
const consolePlace = "console";
/** A year of weekly mails on one page. */
const eventsOfPage = 60;

type PersonRoute =
  | "person"
  | "editPersonPage"
  | "editPerson"
  | "suppressPerson"
  | "liftPerson"
  | "leaveList"
  | "erasePersonPage"
  | "erasePerson";

export const personHandlers: Record<Extract<ClosedRoute, PersonRoute>, ConsoleHandler> = {
  person: renderPerson,
  editPersonPage: async (request) => renderEditing(request, await personOf(request), {}),
  async editPerson(request) {
    const { pool, config, form } = request;
    const person = await personOf(request);
    try {
      const changes = changesOf(form, person);
      if (Object.keys(changes).length > 0) await changeSubscriber(pool, config, actorOf(request), person.id, changes);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderEditing(request, person, { form, problem: error.message });
    }
    return back(request, person.id, "changed");
  },
  async suppressPerson(request) {
    const { pool, config, form } = request;
    const { id, addressKey } = await personOf(request);
    await suppressByHand(pool, config, actorOf(request), addressKey, form.get("reason") ?? "");
    return back(request, id, "suppressed");
  },
  async liftPerson(request) {
    const { pool, config, form } = request;
    const { id, addressKey } = await personOf(request);
    await liftByHand(pool, config, actorOf(request), addressKey, form.get("reason") ?? "");
    return back(request, id, "lifted");
  },
  async leaveList(request) {
    const { pool, config, form } = request;
    const { id } = await personOf(request);
    const leaving = { id, list: form.get("list") ?? "" };
    await unsubscribePerson(pool, config, actorOf(request), consolePlace, leaving);
    return back(request, id, "off-list");
  },
  erasePersonPage: async (request) => renderErasing(request, await personOf(request)),
  async erasePerson(request) {
    const { c, pool, config, form } = request;
    const person = await personOf(request);
    // A wrong press costs a person for good: whoever does it says whom they mean.
    if ((form.get("address") ?? "").trim().toLowerCase() !== person.address.toLowerCase())
      return renderErasing(request, person, "This is not the address above. Nothing was erased.");
    await erasePersonById(pool, config, actorOf(request), person.id, consolePlace);
    return c.redirect("/console/people?done=erased", 303);
  },
};

/** @throws InputError `bad-id`, `unknown-subscriber` */
async function personOf({ c, pool }: ConsoleRequest): Promise<SubscriberDetails> {
  return showById(pool, readNumber(c.req.param("id")));
}

function actorOf({ session }: ConsoleRequest): Actor {
  return `user:${session.user.id}`;
}

function back({ c }: ConsoleRequest, id: number, done: string): Response {
  return c.redirect(`/console/people/${id}?done=${done}`, 303);
}

async function renderPerson(request: ConsoleRequest): Promise<Response> {
  const { c, pool } = request;
  const person = await personOf(request);
  const before = c.req.query("before");
  const found = await readTimeline(pool, person.id, { before, limit: eventsOfPage + 1 });
  const events = found.slice(0, eventsOfPage);
  const last = found.length > eventsOfPage ? events.at(-1) : undefined;
  return renderPersonPage(request, person, events, last?.cursor ?? null);
}
