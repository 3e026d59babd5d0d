/** What the API has beside Mailpit's: waiting for mails and faults. Chaos is Mailpit's word for some of these faults. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { CatcherFaults, CaughtMail, CaughtMailStore } from "../domain/caught-mail.ts";
import type { Clock } from "../lib/clock.ts";
import { readChaos, writeChaos } from "./catcher-chaos.ts";
import { listedDefault, readNumber } from "./catcher-numbers.ts";
import { waitForMails } from "./catcher-wait.ts";

export interface OwnApiOptions {
  readonly store: CaughtMailStore;
  readonly faults: CatcherFaults | undefined;
  readonly clock: Clock;
  readonly writeList: (
    context: Context,
    found: readonly CaughtMail[],
    start: number,
    limit: number,
  ) => Promise<Response>;
}

const waitMsDefault = 5_000;
const waitMsMax = 120_000;
/** Requests that wait at once; one more is turned away. */
const waitersMax = 200;
const faultRulesMax = 1_000;

export function createOwnApi(options: OwnApiOptions): Hono {
  const { store, clock, writeList } = options;
  const api = new Hono();
  let waiters = 0;

  const noFaults = (context: Context) => context.text("Chaos is not enabled", 400);
  api.get("/api/v1/chaos", (context) =>
    options.faults ? context.json(writeChaos(options.faults.lines())) : noFaults(context),
  );
  api.put("/api/v1/chaos", async (context) => {
    if (!options.faults) return noFaults(context);
    options.faults.setLines(readChaos(await context.req.json(), options.faults.lines()));
    return context.json(writeChaos(options.faults.lines()));
  });
  const writeFaults = (context: Context, faults: CatcherFaults) =>
    context.json({ rules: faults.lines(), happened: faults.counts() });
  api.get("/api/faults", (context) => (options.faults ? writeFaults(context, options.faults) : noFaults(context)));
  api.put("/api/faults", async (context) => {
    if (!options.faults) return noFaults(context);
    const { rules } = z.object({ rules: z.array(z.string()).max(faultRulesMax) }).parse(await context.req.json());
    options.faults.setLines(rules);
    return writeFaults(context, options.faults);
  });

  api.get("/api/wait", async (context) => {
    if (waiters >= waitersMax) return context.json({ Error: `more than ${waitersMax} requests wait already` }, 503);
    const query = context.req.query("query") ?? "";
    const count = readNumber(context.req.query("count"), 1, 1, 10_000);
    const timeoutMs = readNumber(context.req.query("timeout"), waitMsDefault, 0, waitMsMax);
    const afterSequence = readNumber(context.req.query("after"), 0, 0, Number.MAX_SAFE_INTEGER);
    const zone = context.req.query("tz");
    const request = { query, count, timeoutMs, afterSequence, signal: context.req.raw.signal };
    waiters += 1;
    try {
      const found = await waitForMails(store, zone === undefined ? request : { ...request, zone }, clock);
      if (found.length >= count) return await writeList(context, found, 0, Math.max(count, listedDefault));
      const wanted = `${count} wanted, ${found.length} found`;
      return context.json({ Error: `No mail for "${query}" within ${timeoutMs} ms: ${wanted}` }, 404);
    } finally {
      waiters -= 1;
    }
  });

  return api;
}
