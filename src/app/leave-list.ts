import type { Pool } from "pg";
import { findPublicListById, type PublicList } from "../adapters/postgres/public-lists.ts";
import { findReaderById, readStanding, type ReaderRecord, type ReaderStanding } from "../adapters/postgres/readers.ts";
import { unsubscribe } from "../adapters/postgres/subscriptions.ts";
import { undoLeaving } from "../adapters/postgres/undo-leaving.ts";
import { formatDeliveryId } from "../domain/delivery.ts";
import { requestIdsFrom } from "../domain/reader-request.ts";
import type { TokenPayload } from "../domain/token.ts";
import { cancelRequest } from "./sign-up.ts";

/** A press can be taken back this long: as long as the page may stand open, and no longer than the mail is fresh. */
const undoMsMax = 3_600_000;

/** Who may leave what, behind a reader's link. Either may be gone; the link still answers. */
export interface Leaving {
  readonly list: PublicList | null;
  readonly reader: ReaderRecord | null;
  readonly standing: ReaderStanding;
}

/** Reads only. */
export async function lookAtLeaving(pool: Pool, payload: TokenPayload): Promise<Leaving> {
  const [list, reader, standing] = await Promise.all([
    findPublicListById(pool, payload.list),
    findReaderById(pool, payload.subscriber),
    readStanding(pool, payload.subscriber, payload.list),
  ]);
  return { list, reader, standing };
}

export type LeavingPress = "one-click" | "page" | "page, every list" | "mail";

/**
 * Takes the link's reader off its list, or off every list, at once: the claim of a mail that waits in a queue looks again.
 * Twice is as good as once, and one who was erased has left already.
 * @returns how many subscriptions ended
 */
export async function leaveList(pool: Pool, payload: TokenPayload, by: LeavingPress): Promise<number> {
  // The header of a confirmation mail: "not me".
  if (payload.subscriber >= requestIdsFrom) {
    await cancelRequest(pool, payload.subscriber);
    return 0;
  }
  if (by !== "page, every list" && !(await findPublicListById(pool, payload.list))) return 0;
  const mail = payload.delivery ? { delivery: formatDeliveryId(payload.delivery) } : {};
  return unsubscribe(pool, {
    subscriberId: payload.subscriber,
    listId: by === "page, every list" ? "all" : payload.list,
    how: { by, ...mail },
  });
}

/** "I did not mean to". @returns whether anything stands as before */
export async function takeBackLeaving(pool: Pool, payload: TokenPayload): Promise<boolean> {
  return (await undoLeaving(pool, { subscriberId: payload.subscriber, listId: payload.list }, undoMsMax)) > 0;
}
