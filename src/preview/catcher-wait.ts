/** Waits for a mail, so that a test need not poll. */
import type { CaughtMail, CaughtMailStore } from "../domain/caught-mail.ts";
import type { Clock } from "../lib/clock.ts";
import { fitsQuery, searchMails } from "./catcher-search.ts";

export interface WaitRequest {
  readonly query: string;
  /** How many must fit, those that are there already included. */
  readonly count: number;
  readonly timeoutMs: number;
  /** Only mails that came after the one of this sequence. */
  readonly afterSequence: number;
  readonly zone?: string;
  readonly signal?: AbortSignal;
}

/** The mails that fit, newest first: at least `count` of them, or fewer when the time was over first. */
export async function waitForMails(store: CaughtMailStore, request: WaitRequest, clock: Clock): Promise<CaughtMail[]> {
  const { query, count, zone } = request;
  const isRecent = (mail: CaughtMail) => mail.sequence > request.afterSequence;
  const arrived: CaughtMail[] = [];
  let wake = () => {};
  // Watched before the search, so that none slips through between the two.
  const unwatch = store.watch((event) => {
    if (event.type !== "taken") return;
    arrived.push(event.mail);
    wake();
  });
  let isOver = false;
  const end = () => {
    isOver = true;
    wake();
  };
  const cancel = clock.after(request.timeoutMs, end);
  request.signal?.addEventListener("abort", end, { once: true });
  try {
    const found = new Map((await searchMails(store, query, zone)).filter(isRecent).map((mail) => [mail.id, mail]));
    while (found.size < count && !isOver) {
      const mail = arrived.shift();
      if (mail === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (isRecent(mail) && (await fitsQuery(mail, query, store, zone))) found.set(mail.id, mail);
    }
    return [...found.values()].sort((first, second) => second.sequence - first.sequence);
  } finally {
    cancel();
    unwatch();
    request.signal?.removeEventListener("abort", end);
  }
}
