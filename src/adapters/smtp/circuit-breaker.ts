import type { Clock } from "../../lib/clock.ts";
import type { SetupFailure } from "./open-session.ts";

/**
 * Keeps us from knocking at a door that does not open. After some failures in a row nothing is tried for a while, then
 * one connection probes; where it fails, the while doubles. A fault of our own (a wrong password) shuts it at once and
 * for long: repeating it gets accounts locked, and yet a repaired password must work without a restart.
 */
export interface CircuitBreaker {
  /** Whether one more connection may be tried now. */
  mayTry(): boolean;
  /** Must be called before each try, and be followed by `succeed` or `fail`. */
  begin(): void;
  succeed(): void;
  fail(failure: SetupFailure): void;
  /** Milliseconds until `mayTry` can be true; 0 while it is. */
  retryAfterMs(): number;
  state(): "closed" | "open" | "half-open";
  lastFailure(): SetupFailure | null;
}

export interface BreakerLimits {
  /** Failures in a row that open it. */
  readonly failuresMax: number;
  readonly openMs: number;
  /** A server that is back must be noticed within a drill's patience, whatever the outage's length. */
  readonly openMsMax: number;
  readonly misconfiguredMs: number;
}

export const breakerDefaults: BreakerLimits = {
  failuresMax: 5,
  openMs: 1_000,
  openMsMax: 15_000,
  misconfiguredMs: 300_000,
};

export function createCircuitBreaker(limits: BreakerLimits, clock: Clock): CircuitBreaker {
  let failures = 0;
  let opens = 0;
  let shutUntilMs: number | null = null;
  let probing = false;
  let last: SetupFailure | null = null;

  const retryAfterMs = () => (shutUntilMs === null ? 0 : Math.max(0, shutUntilMs - clock.monotonicMs()));
  const open = (delayMs: number) => {
    shutUntilMs = clock.monotonicMs() + delayMs;
    opens += 1;
  };
  return {
    mayTry: () => shutUntilMs === null || (!probing && retryAfterMs() === 0),
    begin() {
      probing = shutUntilMs !== null;
    },
    succeed() {
      failures = 0;
      opens = 0;
      shutUntilMs = null;
      probing = false;
      last = null;
    },
    fail(failure) {
      failures += 1;
      last = failure;
      const wasOpen = shutUntilMs !== null;
      // Late failures of tries that began before it opened say nothing new.
      if (wasOpen && !probing) return;
      probing = false;
      if (failure.permanent) return open(limits.misconfiguredMs);
      if (wasOpen || failures >= limits.failuresMax) {
        open(Math.min(limits.openMs * 2 ** Math.min(opens, 16), limits.openMsMax));
      }
    },
    retryAfterMs,
    state: () => (shutUntilMs === null ? "closed" : probing || retryAfterMs() === 0 ? "half-open" : "open"),
    lastFailure: () => last,
  };
}
