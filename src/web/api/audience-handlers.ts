import { allLists, findList, showList, type ListDetails } from "../../adapters/postgres/lists.ts";
import {
  findSubscriber,
  listSubscribers,
  type SubscriberDetails,
  type SubscriberRecord,
} from "../../adapters/postgres/subscribers.ts";
import { liftByHand, suppressByHand } from "../../app/change-suppression.ts";
import { erasePersonById } from "../../app/erase-people.ts";
import { changeSubscriber, saveSubscriber, showById, unsubscribePerson } from "../../app/save-subscriber.ts";
import { isAddressProblem, parseAddress } from "../../domain/address.ts";
import { apiPlace, type ApiHandlers } from "./api-request.ts";
import { pageFrom } from "./page.ts";
import { limitOf } from "./schemas.ts";

export const audienceHandlers: Pick<
  ApiHandlers,
  | "listLists"
  | "getList"
  | "listSubscribers"
  | "saveSubscriber"
  | "getSubscriber"
  | "changeSubscriber"
  | "eraseSubscriber"
  | "unsubscribe"
  | "suppress"
  | "liftSuppression"
> = {
  async listLists({ pool }) {
    return { body: { items: (await allLists(pool)).map(showOneList), next: null } };
  },
  async getList({ pool, params }) {
    return { body: showOneList(await showList(pool, params.slug)) };
  },
  async listSubscribers({ pool, query }) {
    if (query.address !== undefined) {
      const address = parseAddress(query.address);
      const found = isAddressProblem(address) ? null : await findSubscriber(pool, address.key);
      return { body: { items: found ? [showSummary(found)] : [], next: null } };
    }
    const limit = limitOf(query);
    const found = await listSubscribers(pool, {
      after: query.cursor ?? 0,
      ...(query.list === undefined ? {} : { listId: (await findList(pool, query.list)).id }),
      limit: limit + 1,
    });
    return { body: pageFrom(found, limit, showSummary, ({ id }) => id) };
  },
  async saveSubscriber({ pool, config, actor, body }) {
    const { subscriber, isNew } = await saveSubscriber(pool, config, actor, apiPlace, definedOnly(body));
    return { status: isNew ? 201 : 200, body: showPerson(subscriber), subscriber: subscriber.id };
  },
  async getSubscriber({ pool, params }) {
    return { body: showPerson(await showById(pool, params.id)) };
  },
  async changeSubscriber({ pool, config, actor, params, body }) {
    return { body: showPerson(await changeSubscriber(pool, config, actor, params.id, definedOnly(body))) };
  },
  async eraseSubscriber({ pool, config, actor, params }) {
    await erasePersonById(pool, config, actor, params.id, apiPlace);
    return { status: 204, body: {} };
  },
  async unsubscribe({ pool, config, actor, params, body }) {
    const leaving = { id: params.id, list: body.list };
    const subscriber = await unsubscribePerson(pool, config, actor, apiPlace, leaving);
    return { body: showPerson(subscriber), subscriber: subscriber.id };
  },
  async suppress({ pool, config, actor, body }) {
    const { key, added } = await suppressByHand(pool, config, actor, body.address, body.reason);
    return { body: { address: key, changed: added } };
  },
  async liftSuppression({ pool, config, actor, body }) {
    const { key, lifted } = await liftByHand(pool, config, actor, body.address, body.reason);
    return { body: { address: key, changed: lifted } };
  },
};

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** The schemas say `undefined` where our own types say absent. */
function definedOnly<T extends object>(given: T): Defined<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function showOneList(list: ListDetails) {
  const { fromName, fromAddress, replyTo, postalAddress, listId } = list.sender;
  return {
    slug: list.slug,
    name: list.name,
    fromName,
    fromAddress,
    replyTo,
    postalAddress: [...postalAddress],
    listId,
    zone: list.zone,
    lang: list.lang,
    createdAt: list.createdAt.toISOString(),
    subscriptions: list.subscriptions,
  };
}

function showSummary(person: SubscriberRecord) {
  const { id, address, lang, zone, topics, attributes, createdAt, updatedAt } = person;
  return {
    id,
    address,
    lang,
    zone,
    topics: [...topics],
    attributes,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function showPerson(person: SubscriberDetails) {
  const { suppression } = person;
  return {
    ...showSummary(person),
    subscriptions: person.subscriptions.map(({ list, status, joinedAt, changedAt, pausedUntil }) => ({
      list,
      status,
      joinedAt: joinedAt.toISOString(),
      changedAt: changedAt.toISOString(),
      pausedUntil: pausedUntil?.toISOString() ?? null,
    })),
    suppression: suppression && {
      reason: suppression.reason,
      provisional: suppression.provisional,
      createdAt: suppression.createdAt.toISOString(),
    },
  };
}
