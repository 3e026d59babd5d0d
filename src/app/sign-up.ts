import type { Pool, PoolClient } from "pg";
import { changeAddress } from "../adapters/postgres/change-address.ts";
import {
  askFor,
  findRequest,
  findRequestOf,
  lockRequest,
  markCancelled,
  markConfirmed,
  type ReaderRequest,
} from "../adapters/postgres/reader-requests.ts";
import { findReaderById, type ReaderRecord } from "../adapters/postgres/readers.ts";
import { ensureSubscriber, updateSubscriber } from "../adapters/postgres/subscribers.ts";
import { subscribe } from "../adapters/postgres/subscriptions.ts";
import { liftSuppression } from "../adapters/postgres/suppressions.ts";
import { inTransaction } from "../adapters/postgres/transaction.ts";
import type { Address } from "../domain/address.ts";
import { erasedKeysOf } from "../domain/erased-address.ts";
import { systemClock } from "../lib/clock.ts";

/** Where a press came from; kept as proof of consent. */
export interface PressOrigin {
  readonly ip: string | null;
  readonly page: string;
}

/**
 * Enters a sign-up. The same single statement whoever asks: what becomes of it is decided later, so that nobody learns from
 * the answer or its time who is subscribed.
 */
export async function requestSignUp(
  db: Pool | PoolClient,
  signUp: {
    readonly listId: number;
    readonly address: Address;
    readonly lang: string;
    readonly wording: string;
    readonly origin: PressOrigin;
  },
): Promise<void> {
  await askFor(db, {
    kind: "sign-up",
    listId: signUp.listId,
    address: signUp.address,
    lang: signUp.lang,
    consent: { wording: signUp.wording, askedAt: systemClock.now().toISOString(), askedFrom: signUp.origin },
  });
}

/** Asks both ends whether mail for a reader shall go to another address. */
export async function requestAddressChange(
  pool: Pool,
  change: {
    readonly reader: ReaderRecord;
    readonly listId: number;
    readonly to: Address;
    readonly lang: string;
    readonly origin: PressOrigin;
  },
): Promise<void> {
  const { reader, listId, to, lang } = change;
  const askedFrom = { askedAt: systemClock.now().toISOString(), askedFrom: change.origin };
  const common = { listId, lang, subscriberId: reader.id };
  await inTransaction(pool, async (client) => {
    await askFor(client, {
      ...common,
      kind: "address-old",
      address: { key: reader.addressKey, address: reader.address, domain: domainOf(reader.addressKey) },
      consent: { ...askedFrom, newKey: to.key, newAddress: to.address },
    });
    await askFor(client, {
      ...common,
      kind: "address-new",
      address: to,
      consent: { ...askedFrom, oldKey: reader.addressKey },
    });
  });
}

export type RequestState = "open" | "done" | "waits" | "expired" | "cancelled" | "gone";

export interface LookedAtRequest {
  readonly state: RequestState;
  readonly request: ReaderRequest | null;
  /** Of a change of address: the other end's address. */
  readonly other: string | null;
}

/** Reads only. */
export async function lookAtRequest(pool: Pool, id: number): Promise<LookedAtRequest> {
  const request = await findRequest(pool, id);
  if (!request) return { state: "gone", request, other: null };
  const partner = await findPartner(pool, request);
  return { state: stateOf(request, partner), request, other: partner?.address ?? null };
}

/** The press. Doing it twice is as good as once; an old link never brings back one who left since. */
export async function confirmRequest(
  pool: Pool,
  id: number,
  origin: PressOrigin,
  erasureKeys: readonly Buffer[],
): Promise<LookedAtRequest> {
  const looked = await lookAtRequest(pool, id);
  if (looked.state !== "open" || !looked.request) return looked;
  const partner = await findPartner(pool, looked.request);
  await inTransaction(pool, async (client) => {
    // Both ends in the order of their numbers: two presses at once then wait for each other instead of missing each other.
    for (const locked of [id, ...(partner ? [partner.id] : [])].toSorted((a, b) => a - b))
      await lockRequest(client, locked);
    const request = await findRequest(client, id);
    if (!request || stateOf(request, null) !== "open") return;
    await markConfirmed(client, id);
    if (request.kind === "sign-up") await join(client, request, origin, erasureKeys);
    else await moveIfBoth(client, request);
  });
  return lookAtRequest(pool, id);
}

/** "That was not me." */
export async function cancelRequest(pool: Pool, id: number): Promise<void> {
  await markCancelled(pool, id);
}

async function join(
  client: PoolClient,
  request: ReaderRequest,
  origin: PressOrigin,
  erasureKeys: readonly Buffer[],
): Promise<void> {
  const { addressKey: key, address, domain } = request;
  const { id, isNew } = await ensureSubscriber(client, { key, address, domain });
  // Who was erased and comes back by her own press is meant to be mailed again.
  await liftSuppression(client, erasedKeysOf(key, erasureKeys), {
    reason: "signed up again and confirmed",
    source: "confirmation page",
  });
  const consent = { ...request.consent, confirmedAt: systemClock.now().toISOString(), confirmedFrom: origin };
  await subscribe(client, { subscriberId: id, listId: request.listId, status: "confirmed", consent });
  const known = isNew ? null : await findReaderById(client, id);
  if (!known?.lang) await updateSubscriber(client, id, { lang: request.lang });
}

async function moveIfBoth(client: PoolClient, request: ReaderRequest): Promise<void> {
  const partner = await findPartner(client, request);
  if (!partner || partner.expired || partner.confirmedAt === null || request.subscriberId === null) return;
  const to = request.kind === "address-new" ? request : partner;
  await changeAddress(client, request.subscriberId, { key: to.addressKey, address: to.address, domain: to.domain });
}

/** Each end names the other, and both the same person; else a later request has taken its place. */
async function findPartner(db: Pool | PoolClient, request: ReaderRequest): Promise<ReaderRequest | null> {
  if (request.kind === "sign-up") return null;
  const isOld = request.kind === "address-old";
  const key = request.consent[isOld ? "newKey" : "oldKey"];
  if (typeof key !== "string") return null;
  const partner = await findRequestOf(db, {
    kind: isOld ? "address-new" : "address-old",
    listId: request.listId,
    addressKey: key,
  });
  const namesUs = partner?.consent[isOld ? "oldKey" : "newKey"] === request.addressKey;
  return partner && namesUs && partner.subscriberId === request.subscriberId ? partner : null;
}

function stateOf(request: ReaderRequest, partner: ReaderRequest | null): RequestState {
  if (request.cancelledAt) return "cancelled";
  if (request.confirmedAt) return request.kind === "sign-up" || partner?.confirmedAt ? "done" : "waits";
  return request.expired ? "expired" : "open";
}

function domainOf(addressKey: string): string {
  return addressKey.slice(addressKey.lastIndexOf("@") + 1);
}
