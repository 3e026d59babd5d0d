import type { Claim, DeliveryJob, DeliveryState, UncertainPolicy } from "../../src/domain/delivery.ts";
import type { Settlement } from "../../src/domain/ledger.ts";

/**
 * The ledger as an object in memory, with the transitions of adapters/postgres/ledger. test/integration/ledger drives both
 * with the same operations and compares every row.
 */
export interface SimRow {
  readonly number: number;
  state: DeliveryState;
  turn: number;
  attempts: number;
  dueMs: number | null;
  leaseMs: number | null;
  worker: number | null;
  firstClaimedMs: number | null;
}

/** A bug that can be planted, each in one transition. */
export type Sabotage =
  | "claim-ignores-turn"
  | "claim-ignores-state"
  | "settle-ignores-turn"
  | "deferral-keeps-turn"
  | "sweep-sends-again"
  | "hand-out-forgets-lease";

export interface SimLedger {
  readonly rows: readonly SimRow[];
  /** Numbers of deliveries that were uncertain at any time. */
  readonly uncertainEver: ReadonlySet<number>;
  /** Claims by a job whose turn was over: each would mail somebody before her time. */
  readonly staleClaims: () => number;
  claim(job: DeliveryJob, worker: number, leaseMs: number): Claim | null;
  askAgain(job: DeliveryJob, worker: number): Claim | null;
  settle(settlement: Settlement): void;
  handOut(limit: number, leaseMs: number): DeliveryJob[];
  sweep(isAlive: (worker: number) => boolean): { uncertain: number; resent: number };
}

export function createSimLedger(
  count: number,
  policy: UncertainPolicy,
  nowMs: () => number,
  sabotage: Sabotage | null = null,
): SimLedger {
  const rows = Array.from({ length: count }, (_, index): SimRow => ({
    number: index + 1,
    state: "pending",
    turn: 1,
    attempts: 0,
    dueMs: 0,
    leaseMs: null,
    worker: null,
    firstClaimedMs: null,
  }));
  const rowOf = (job: DeliveryJob): SimRow => rows[job.delivery.number - 1] as SimRow;
  const isOpen = (row: SimRow): boolean => row.state === "pending" || row.state === "deferred";
  const isDue = (row: SimRow): boolean => row.dueMs !== null && row.dueMs <= nowMs();
  const claimOf = (row: SimRow): Claim => ({
    job: { delivery: { campaign: 1, number: row.number }, turn: row.turn },
    list: 1,
    lane: "default",
    digestId: "digest",
    attempts: row.attempts,
    ageMs: nowMs() - (row.firstClaimedMs ?? nowMs()),
    policy,
    frozen: {
      subscriberId: row.number,
      address: `reader${row.number}@example.net`,
      values: {},
      zone: null,
      variant: "",
      dateMs: 0,
      selectors: "",
    },
  });

  const uncertainEver = new Set<number>();
  let staleClaims = 0;
  return {
    rows,
    uncertainEver,
    staleClaims: () => staleClaims,
    claim(job, worker, leaseMs) {
      const row = rowOf(job);
      if (row.turn !== job.turn && sabotage !== "claim-ignores-turn") return null;
      if (!isOpen(row) && sabotage !== "claim-ignores-state") return null;
      if (row.turn !== job.turn) staleClaims += 1;
      row.state = "sending";
      row.worker = worker;
      row.leaseMs = nowMs() + leaseMs;
      row.firstClaimedMs ??= nowMs();
      return claimOf(row);
    },
    askAgain(job, worker) {
      const row = rowOf(job);
      return row.state === "sending" && row.turn === job.turn && row.worker === worker ? claimOf(row) : null;
    },
    settle(settlement) {
      const row = rows[settlement.delivery.number - 1] as SimRow;
      if (row.turn !== settlement.turn && sabotage !== "settle-ignores-turn") return;
      if (row.state !== "sending" && row.state !== "uncertain" && sabotage !== "settle-ignores-turn") return;
      row.state = settlement.state;
      if (settlement.state === "uncertain") uncertainEver.add(row.number);
      row.dueMs = settlement.dueInMs === null ? null : nowMs() + settlement.dueInMs;
      if (settlement.state === "deferred" && sabotage !== "deferral-keeps-turn") row.turn += 1;
      if (settlement.countsAsAttempt) row.attempts += 1;
    },
    handOut(limit, leaseMs) {
      return rows
        .filter((row) => isDue(row) && isOpen(row))
        .toSorted((a, b) => (a.dueMs as number) - (b.dueMs as number) || a.number - b.number)
        .slice(0, limit)
        .map((row) => {
          row.dueMs = sabotage === "hand-out-forgets-lease" ? null : nowMs() + leaseMs;
          return { delivery: { campaign: 1, number: row.number }, turn: row.turn };
        });
    },
    sweep(isAlive) {
      let uncertain = 0;
      let resent = 0;
      for (const row of rows) {
        if (row.state === "sending" && isDue(row)) {
          const lost = (row.leaseMs as number) <= nowMs() || !isAlive(row.worker as number);
          if (!lost) row.dueMs = Math.min(row.leaseMs as number, nowMs() + 5_000);
          else if (sabotage === "sweep-sends-again") {
            row.state = "deferred";
            row.turn += 1;
            row.dueMs = nowMs();
          } else {
            row.state = "uncertain";
            uncertainEver.add(row.number);
            row.dueMs = policy === "resend" ? Math.max(row.leaseMs as number, nowMs()) : null;
            uncertain += 1;
          }
        }
        if (policy === "resend" && row.state === "uncertain" && isDue(row)) {
          row.state = "deferred";
          row.turn += 1;
          row.dueMs = nowMs();
          resent += 1;
        }
      }
      return { uncertain, resent };
    },
  };
}
