import type { FaultPlan } from "./fault-plan.ts";

/**
 * The weather of a drill: about one conversation in seven meets a fault, at every stage of it. A recipient's third try goes
 * through, so that a drill ends.
 */
export const drillFaults: FaultPlan = {
  rates: {
    "greeting-554": 0.004,
    "greeting-421": 0.004,
    "greeting-drop": 0.004,
    "greeting-silence": 0.001,
    "mail-421": 0.004,
    "mail-451": 0.006,
    "mail-452": 0.004,
    "mail-550": 0.0005,
    "mail-drop": 0.004,
    "mail-silence": 0.0005,
    "rcpt-421": 0.002,
    "rcpt-450": 0.03,
    "rcpt-452": 0.006,
    "rcpt-550": 0.01,
    "rcpt-552-too-many": 0.002,
    "rcpt-drop": 0.004,
    "rcpt-silence": 0.0005,
    "rcpt-cut": 0.002,
    "rcpt-drip": 0.001,
    "data-421": 0.002,
    "data-451": 0.004,
    "data-554": 0.001,
    "data-drop": 0.003,
    "data-silence": 0.0005,
    "body-drop": 0.002,
    "body-silence": 0.0005,
    "dot-421": 0.002,
    "dot-451": 0.004,
    "dot-452": 0.003,
    "dot-552": 0.001,
    "dot-554": 0.001,
    "dot-drop-before": 0.002,
    "dot-drop-after": 0.002,
    "dot-silence-before": 0.0005,
    "dot-silence-after": 0.0005,
    "dot-cut-before": 0.001,
    "dot-cut-after": 0.001,
    "dot-drip-after": 0.001,
  },
  attemptsMax: 2,
  // One provider that counts, so that a lane is slowed and recovers.
  domainLimits: { "yahoo.com": 200 },
  silenceMs: 60_000,
  dripMs: 100,
};
