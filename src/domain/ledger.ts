import type { Claim, DeliveryId, DeliveryJob, DeliveryState } from "./delivery.ts";

/**
 * The ledger as a deliver process sees it. Both calls are micro-batched behind this port; a call that cannot reach the
 * database is retried there until it is answered, so that a caller only ever sees the protocol's own answers.
 */
export interface DeliveryLedger {
  /**
   * Takes the delivery for this worker if the job's turn is still the row's, it is open, the campaign is sending and the
   * person may still be mailed. Durably committed when it answers.
   * @returns the claim, or `null` when there is nothing to do for this job
   */
  claim(job: DeliveryJob): Promise<Claim | null>;
  /** Writes what became of a claim; done when it is committed, or when the row shows that it was superseded. */
  settle(settlement: Settlement): Promise<void>;
}

/** What a try means for its delivery, decided by `decideSettlement`. */
export interface Settlement {
  readonly delivery: DeliveryId;
  readonly turn: number;
  readonly state: Extract<DeliveryState, "accepted" | "deferred" | "refused" | "skipped" | "uncertain">;
  /** When the dispatcher must look again, from now; `null` when never. */
  readonly dueInMs: number | null;
  /** Whether the try counts against the delivery's attempts. */
  readonly countsAsAttempt: boolean;
  /** The reply or cause, for the ledger. */
  readonly detail: string;
  /** For the append-only record of tries; absent on acceptance. */
  readonly attempt?: AttemptRecord;
}

export interface AttemptRecord {
  readonly server: string;
  readonly outcome: "deferred" | "refused" | "uncertain";
  readonly phase: string | null;
  readonly code: number | null;
  readonly enhanced: string | null;
  readonly reply: string;
}

/** The ledger as the dispatcher sees it. */
export interface DispatchLedger {
  /** Campaigns whose time has come turn from `scheduled` to `sending`. */
  startDueCampaigns(): Promise<number>;
  /**
   * Campaigns whose first share has had its time: one that was refused above `refusedShareMax` (0 to 1), or of which nothing
   * was accepted, is paused with the reason.
   */
  judgeCanaries(refusedShareMax: number): Promise<number>;
  /** Lanes that have something due, with their pace as it stands. */
  dueLanes(): Promise<readonly DueLane[]>;
  /** Tries that the lane's daily cap leaves for today, by the ledger's clock; `null` without a cap. */
  leftToday(lane: string): Promise<number | null>;
  /** Hands out up to `limit` due deliveries of a campaign's lane, looking at each again after `leaseMs`. */
  handOut(campaign: number, lane: string, limit: number, leaseMs: number): Promise<readonly DeliveryJob[]>;
  /**
   * Rows in `sending` whose worker is dead or whose lease is past become `uncertain`; uncertain ones whose campaign says
   * `resend` become `deferred` with a new turn once their lease is past. Rows of live workers are looked at later.
   */
  sweep(): Promise<{ readonly uncertain: number; readonly resent: number }>;
  /** Campaigns without an open row are counted in full and turn to `sent`. */
  finishCampaigns(): Promise<number>;
}

export interface DueLane {
  readonly campaign: number;
  readonly lane: string;
}

/** Where jobs wait for a worker. Disposable: emptied in the middle of a send, it is filled again from the ledger. */
export interface DeliveryQueue {
  /** Jobs handed out and not yet ended, in this lane. */
  countAhead(lane: string): Promise<number>;
  add(lane: string, jobs: readonly DeliveryJob[]): Promise<void>;
  /** States the lane's pace again; the queue may have been emptied and have forgotten it. */
  setPace(lane: string, pace: LanePace): Promise<void>;
}

export interface LanePace {
  /** Over all processes; `null` is unlimited. */
  readonly perSecond: number | null;
  /** Messages under way at once over all processes. */
  readonly concurrency: number;
}

/** A lane as the operator set it and as providers' answers have bent it. */
export interface Lane {
  readonly name: string;
  readonly domains: readonly string[];
  readonly perSecond: number | null;
  readonly concurrency: number;
  readonly slowedUntil: Date | null;
  /** 1 is full pace; a rate limit lowers it, time raises it again. */
  readonly slowFactor: number;
  readonly pausedReason: string | null;
  /** Most tries today, as the warm-up has it; `null` is no cap. */
  readonly capToday: number | null;
}

/** The balance of a campaign: planned = accepted + refused + skipped + uncertain + remaining, always. */
export interface Balance {
  readonly planned: number;
  readonly accepted: number;
  readonly refused: number;
  readonly skipped: number;
  readonly uncertain: number;
  readonly remaining: number;
}

/** Bends a lane's pace to what providers answer. */
export interface LaneControl {
  /** A rate limit: nothing more is handed out for a while, then the pace recovers slowly. */
  slow(lane: string, reason: string): Promise<void>;
  /** The provider refuses the sender, not the reader: the lane stops until an operator has mended it. */
  pause(lane: string, reason: string): Promise<void>;
  /** Too many refusals or deferrals: the campaign waits for a person. */
  haltCampaign(campaign: number, reason: string): Promise<void>;
}

/** A deliver process's own record of replies, written before the ledger is. */
export interface ReplyJournal {
  append(settlement: Settlement): void;
  /** Told when a settlement is committed; lets the journal forget it. */
  settled(settlement: Settlement): void;
}
