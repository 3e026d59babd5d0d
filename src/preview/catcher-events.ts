/** Tells open inboxes that something changed, a few times a second at most however fast mails come. */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { CaughtMailStore } from "../domain/caught-mail.ts";
import type { Clock } from "../lib/clock.ts";
import { pause } from "../lib/clock.ts";

/** Inboxes open at once; a browser keeps six connections to one server anyway. */
const listenersMax = 100;
/** Often enough to feel immediate, seldom enough for a thousand mails a second. */
const quietMs = 250;
/** So that proxies and browsers keep the line open. */
const heartbeatMs = 25_000;

/** The handler of `GET /events`. */
export function createEvents(store: CaughtMailStore, clock: Clock): (context: Context) => Response {
  let listeners = 0;
  return (context) => {
    if (listeners >= listenersMax) return context.text("too many inboxes are open\n", 503);
    return streamSSE(context, async (stream) => {
      listeners += 1;
      const gone = new AbortController();
      let wake = new AbortController();
      let isChanged = false;
      const unwatch = store.watch(() => {
        isChanged = true;
        wake.abort();
      });
      stream.onAbort(() => {
        gone.abort();
        wake.abort();
      });
      const tell = () => {
        const { taken, kept, unread } = store.counts();
        return stream.writeSSE({ event: "catch", data: JSON.stringify({ taken, kept, unread }) });
      };
      try {
        await tell();
        while (!gone.signal.aborted) {
          wake = new AbortController();
          if (!isChanged) await pause(clock, heartbeatMs, wake.signal);
          if (gone.signal.aborted) break;
          if (isChanged) await tell();
          else await stream.write(": still here\n\n");
          isChanged = false;
          await pause(clock, quietMs, gone.signal);
        }
      } finally {
        unwatch();
        listeners -= 1;
      }
    });
  };
}
