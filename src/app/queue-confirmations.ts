import type { Pool, PoolClient } from "pg";
import { countNotices, queueNotice } from "../adapters/postgres/notice-ledger.ts";
import { dropMail, lockDueRequests, markMailed, type ReaderRequest } from "../adapters/postgres/reader-requests.ts";
import { ensureSubscriber, findSubscriber } from "../adapters/postgres/subscribers.ts";
import { addPending } from "../adapters/postgres/pending.ts";
import { readStanding } from "../adapters/postgres/readers.ts";
import { findSuppression } from "../adapters/postgres/suppressions.ts";
import { inTransaction } from "../adapters/postgres/transaction.ts";
import { confirmationsADayMax, type NoticeContent } from "../domain/reader-request.ts";

/** Requests in one transaction: none of them waits long for the others. */
const requestsMax = 50;
const dayMs = 86_400_000;

/**
 * Decides for each request that waits which mail goes to its address, if any. This happens here and not where the page is
 * answered, so that neither the answer nor its time tells whether an address is known, subscribed or suppressed.
 * @returns how many mails were entered
 */
export async function queueConfirmations(pool: Pool): Promise<number> {
  return inTransaction(pool, async (client) => {
    let queued = 0;
    for (const request of await lockDueRequests(client, requestsMax)) {
      const content = await decideMail(client, request);
      if (content === null) {
        await dropMail(client, request.id);
        continue;
      }
      await markMailed(client, request.id);
      await queueNotice(client, {
        kind: request.kind === "sign-up" ? "confirmation" : "address-change",
        listId: request.listId,
        address: request.address,
        addressKey: request.addressKey,
        content,
      });
      queued += 1;
    }
    return queued;
  });
}

async function decideMail(client: PoolClient, request: ReaderRequest): Promise<NoticeContent | null> {
  const { addressKey: key, domain, lang } = request;
  if (await findSuppression(client, { key, domain })) return null;
  if ((await countNotices(client, key, dayMs)) >= confirmationsADayMax) return null;
  if (request.kind !== "sign-up") {
    const newAddress = request.consent["newAddress"];
    const values: Record<string, string> = typeof newAddress === "string" ? { newAddress } : {};
    return { type: request.kind, subject: request.id, lang, values };
  }
  const known = await findSubscriber(client, key);
  if (known && (await readStanding(client, known.id, request.listId)).status === "confirmed") {
    return { type: "already", subject: known.id, lang, values: {} };
  }
  const { id } = await ensureSubscriber(client, { key, address: request.address, domain });
  await addPending(client, { subscriberId: id, listId: request.listId, consent: request.consent });
  return { type: "sign-up", subject: request.id, lang, values: {} };
}
