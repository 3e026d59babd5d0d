import { pause, type Clock } from "../../../lib/clock.ts";

/** SQLSTATE classes and codes that say the server is away or restarting, not that the statement is wrong. */
const awayCodes = /^(08|57P0[1-5]|53[0-4]|40001$|40P01$|25006$)/;
const awayMessages =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|Connection terminated|timeout exceeded|timeout expired|Client was closed|not queryable/i;

/** Whether the database is away, as against refusing what was asked. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return awayCodes.test(code ?? "") || awayMessages.test(`${code ?? ""} ${message ?? ""}`);
}

const firstDelayMs = 50;
const delayMaxMs = 2_000;

/**
 * Tries until the database answers: a ledger write is never given up. Errors of the statement itself are thrown.
 * @param onAway told once per failed try, for the log
 */
export async function untilDatabaseAnswers<Answer>(
  clock: Clock,
  run: (isRetry: boolean) => Promise<Answer>,
  onAway: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await run(attempt > 0);
    } catch (error) {
      if (!isDatabaseAway(error) || signal?.aborted) throw error;
      onAway(error);
      await pause(clock, Math.min(firstDelayMs * 2 ** Math.min(attempt, 10), delayMaxMs), signal);
    }
  }
}
