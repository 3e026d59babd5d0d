import type { Pool } from "pg";
import { openWitnessFile } from "../adapters/files/witness-file.ts";
import { holdCampaigns, raiseGeneration, readGeneration } from "../adapters/postgres/ledger/generation.ts";
import { readInstallationId } from "../adapters/postgres/ledger/installation.ts";
import { openWitnessKey } from "../adapters/queue/witness-key.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./log.ts";

/**
 * Keeps a restored backup from sending again what it already sent. The database counts generations; a witness outside of it
 * (a file in the data folder, and a key in Redis where there is one) remembers the highest. A database behind its witness
 * begins nothing until a person has looked.
 */
export interface StartFence {
  /** Why nothing may begin, or `null`. */
  check(): Promise<string | null>;
  /** Something began, went on or ended: the number grows, first here, then at the witnesses. */
  raise(): Promise<void>;
  /** A person has looked: the database goes on above everything that was witnessed. */
  accept(): Promise<FenceState>;
  state(): Promise<FenceState>;
  stop(): void;
}

export interface FenceState {
  readonly generation: number;
  /** The highest that any witness has seen; `null` when none has seen this database. */
  readonly witnessed: number | null;
}

/**
 * Asked by whoever hands out and by whoever delivers, each for itself: jobs of the time before the restoration may still
 * stand in the queue. What is paused here is claimed by nobody.
 * @returns why nothing may go out, or `null`
 */
export async function holdRestored(pool: Pool, fence: StartFence, log: Logger): Promise<string | null> {
  const reason = await fence.check();
  if (reason === null) return null;
  const held = await holdCampaigns(pool, reason);
  if (held.length > 0) log.error({ campaigns: held }, reason);
  return reason;
}

export async function openStartFence(
  config: Pick<Config, "dataDir" | "redisUrl" | "queuePrefix">,
  pool: Pool,
): Promise<StartFence> {
  const installation = await readInstallationId(pool);
  const file = openWitnessFile(config.dataDir, installation);
  const key = config.redisUrl ? openWitnessKey(config.redisUrl, config.queuePrefix, installation) : null;
  const write = async (generation: number): Promise<void> => {
    await file.write(generation);
    // Redis is disposable; the file stands.
    await key?.write(generation).catch(() => undefined);
  };
  const state = async (): Promise<FenceState> => {
    // The witnesses first: the database can only be higher by the time it is asked.
    const seen = [await file.read(), (await key?.read().catch(() => null)) ?? null].filter((one) => one !== null);
    return { witnessed: seen.length === 0 ? null : Math.max(...seen), generation: await readGeneration(pool) };
  };
  return {
    state,
    async check() {
      const { witnessed, generation } = await state();
      if (witnessed === null || witnessed <= generation) return null;
      return (
        `the database is at generation ${generation} and was seen at ${witnessed}: it was restored from a backup, ` +
        'and what it would send may have been sent. Look at "broadsheet campaigns", then "broadsheet fence accept", then "campaigns confirm" what shall go on'
      );
    },
    async raise() {
      await write(await raiseGeneration(pool));
    },
    async accept() {
      const { witnessed } = await state();
      const generation = await raiseGeneration(pool, (witnessed ?? 0) + 1);
      await write(generation);
      return { generation, witnessed: generation };
    },
    stop: () => key?.stop(),
  };
}
