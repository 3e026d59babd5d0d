import { assert } from "../lib/assert.ts";

/** Time-outs of one delivery that depend on each other; stated together so that they cannot drift apart. */
export interface DeliveryTimes {
  /** To get a free, greeted connection. */
  readonly connectMs: number;
  /** One message, from before its claim to the reply after the final dot; then the socket is destroyed. */
  readonly deadlineMs: number;
  /** What the claim writes: after it the worker has surely let go. */
  readonly leaseMs: number;
  /** A job that was handed out and is not claimed by then is handed out again. */
  readonly handOutMs: number;
}

/** Room for the event loop and the clocks: the lease outlives the deadline by this much. */
const leaseMarginMs = 10_000;

/**
 * @param deadlineMs RFC 5321 section 4.5.3.2.6 asks for 10 minutes after the final dot, since closing early makes
 * duplicates; ours become `uncertain` instead, so a shorter one only costs certainty.
 */
export function createDeliveryTimes(deadlineMs: number): DeliveryTimes {
  const times = {
    connectMs: Math.min(30_000, deadlineMs),
    deadlineMs,
    leaseMs: deadlineMs + Math.min(leaseMarginMs, deadlineMs),
    // Short, since an emptied queue is only noticed when this has passed; handing out twice is harmless (same job id, same turn).
    handOutMs: 15_000,
  };
  assert(times.leaseMs > times.deadlineMs, "a lease outlives the deadline of its message");
  return times;
}
