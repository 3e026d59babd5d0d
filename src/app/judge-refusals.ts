import type { Pool } from "pg";
import { markRefusalsJudged, takeUnjudgedRefusals, type UnjudgedRefusal } from "../adapters/postgres/refusals.ts";
import { inTransaction } from "../adapters/postgres/transaction.ts";
import type { SmtpPhase } from "../domain/outcome.ts";
import { readRefusal } from "../feedback/read-refusal.ts";
import type { Finding } from "../feedback/report.ts";
import { addApplied, nothingApplied, type Applied, type FeedbackApplier } from "./apply-feedback.ts";

/** In one transaction; some 3 ms each. */
export const refusalsMax = 200;

/** Begins the replies that we gave ourselves, without a word from a server (adapters/smtp/objection.ts). */
const ownReply = "not sent:";

/**
 * Draws from refusals in our own sessions what a bounce would have said later. It works from the ledger's rows, so a crash
 * loses none, and sending waits for nothing.
 * @returns how many were looked at: as many as `refusalsMax` means that there are more
 */
export async function judgeRefusals(
  pool: Pool,
  applier: FeedbackApplier,
): Promise<{ readonly judged: number; readonly applied: Applied }> {
  return inTransaction(pool, async (client) => {
    const refusals = await takeUnjudgedRefusals(client, refusalsMax);
    let applied = nothingApplied;
    for (const refusal of refusals) {
      const finding = readRow(refusal);
      if (!finding) continue;
      const identity = `session:${refusal.campaign}.${refusal.number}.${refusal.turn}`;
      applied = addApplied(applied, await applier.apply(client, { source: "session", identity, findings: [finding] }));
    }
    const places = refusals.map(({ place }) => place);
    if (places.length > 0) await markRefusalsJudged(client, places);
    return { judged: refusals.length, applied };
  });
}

function readRow(refusal: UnjudgedRefusal): Finding | null {
  const { code, enhanced, reply, address, campaign, number } = refusal;
  if (code === null || address === null || reply.startsWith(ownReply)) return null;
  return readRefusal({
    recipient: address,
    delivery: { campaign, number },
    phase: (refusal.phase ?? "rcpt") as SmtpPhase,
    reply: { code, enhanced, text: reply },
  });
}
