import type { DeliveryQueue, DispatchLedger, Lane, LanePace } from "../domain/ledger.ts";
import type { Clock } from "../lib/clock.ts";

export interface DispatchPorts {
  readonly ledger: DispatchLedger;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  loadLanes(): Promise<readonly Lane[]>;
  readonly handOutMs: number;
  /** Why nothing may go out at present, or `null`: a restored database, asked before each round. */
  mayNotSend?(): Promise<string | null>;
  /** Told when mail was handed out, and whether a campaign began or ended; at most once a round. */
  onProgress?(beganOrEnded: boolean): Promise<void>;
  /** Moves what is due outside a campaign's sending window to its opening; before each hand-out. */
  keepWindow?(campaign: number): Promise<void>;
  /** Share of refusals, 0 to 1, above which a campaign halts after its first share. */
  readonly haltRefusedShare?: number;
}

export interface Dispatched {
  readonly started: number;
  readonly handedOut: number;
  readonly uncertain: number;
  readonly resent: number;
  readonly finished: number;
}

/**
 * Most jobs ahead of the workers in one lane: about a second's work of a fast machine. It bounds the queue's memory whatever
 * the list's size, and lets a pause take hold quickly.
 */
export const windowMax = 2_000;

/** A paced lane needs only this many seconds of its pace ahead. */
const windowSeconds = 4;

/** Rows in one statement: handing out 500 takes some milliseconds, and no other dispatcher waits long for their locks. */
const pageMax = 500;

/** How often a full count may close campaigns and stuck claims are looked for: they read more than the index. */
const sweepEveryMs = 1_000;

/** One round: starts what is due, keeps each lane's window full, and now and then sweeps and closes. */
export function createDispatcher(ports: DispatchPorts): { round(): Promise<Dispatched> } {
  const { ledger, queue, clock } = ports;
  let sweptMs = Number.NEGATIVE_INFINITY;

  const fillLane = async (campaign: number, lane: Lane, room: number): Promise<number> => {
    let handedOut = 0;
    while (handedOut < room) {
      const limit = Math.min(pageMax, room - handedOut);
      const jobs = await ledger.handOut(campaign, lane.name, limit, ports.handOutMs);
      if (jobs.length > 0) await queue.add(lane.name, jobs);
      handedOut += jobs.length;
      if (jobs.length < limit) break;
    }
    return handedOut;
  };

  return {
    async round() {
      const forbidden = (await ports.mayNotSend?.()) ?? null;
      const started = forbidden === null ? await ledger.startDueCampaigns() : 0;
      if (forbidden === null) await ledger.judgeCanaries(ports.haltRefusedShare ?? 1);
      let swept = { uncertain: 0, resent: 0 };
      let finished = 0;
      if (clock.monotonicMs() - sweptMs >= sweepEveryMs) {
        sweptMs = clock.monotonicMs();
        swept = await ledger.sweep();
        finished = await ledger.finishCampaigns();
      }
      const lanes = new Map((await ports.loadLanes()).map((lane) => [lane.name, lane]));
      const room = new Map<string, number>();
      let handedOut = 0;
      for (const due of forbidden === null ? await ledger.dueLanes() : []) {
        const lane = lanes.get(due.lane);
        if (!lane || isResting(lane, clock.now())) continue;
        let left = room.get(lane.name);
        if (left === undefined) {
          const pace = paceOf(lane);
          await queue.setPace(lane.name, pace);
          const ahead = await queue.countAhead(lane.name);
          left = windowOf(pace) - ahead;
          // Asked after the jobs ahead were counted: one that is claimed in between counts twice, and never not at all.
          if (lane.capToday !== null) left = Math.min(left, ((await ledger.leftToday(lane.name)) ?? 0) - ahead);
        }
        if (left > 0) await ports.keepWindow?.(due.campaign);
        const given = left > 0 ? await fillLane(due.campaign, lane, left) : 0;
        handedOut += given;
        room.set(lane.name, left - given);
      }
      if (started + handedOut + finished > 0) await ports.onProgress?.(started + finished > 0);
      return { started, handedOut, ...swept, finished };
    },
  };
}

/** Paused by an operator or by a provider's refusal of the sender, or resting after a rate limit. */
export function isResting(lane: Lane, now: Date): boolean {
  return lane.pausedReason !== null || (lane.slowedUntil !== null && lane.slowedUntil > now);
}

/** The lane's pace as bent by rate limits: half the pace is also half the connections. */
export function paceOf(lane: Lane): LanePace {
  return {
    perSecond: lane.perSecond === null ? null : Math.max(lane.perSecond * lane.slowFactor, 0.1),
    concurrency: Math.max(1, Math.round(lane.concurrency * lane.slowFactor)),
  };
}

function windowOf(pace: LanePace): number {
  return pace.perSecond === null
    ? windowMax
    : Math.min(windowMax, Math.max(pace.concurrency, Math.ceil(pace.perSecond * windowSeconds)));
}
