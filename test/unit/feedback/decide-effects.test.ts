import { describe, expect, it } from "vitest";
import {
  bounceMemoryMs,
  decideEffects,
  fullDaysMax,
  isSurging,
  softDaysMax,
  type BounceHistory,
  type LaneHealth,
} from "../../../src/feedback/decide-effects.ts";
import { readRefusal } from "../../../src/feedback/read-refusal.ts";
import type { Finding } from "../../../src/feedback/report.ts";

const dayMs = 24 * 60 * 60 * 1000;
const nowMs = Date.UTC(2026, 5, 15, 12);
const daysAgo = (...days: number[]) => days.map((day) => nowMs - day * dayMs);

const finding = (kind: Finding["kind"], more: Partial<Finding> = {}): Finding => ({
  kind,
  hard: kind === "hard",
  recipient: "reader@example.net",
  status: "5.0.0",
  diagnostic: "",
  action: "failed",
  reason: null,
  trust: "token",
  campaign: 1,
  delivery: "1.2",
  ...more,
});
const clean: BounceHistory = { softAtMs: [], fullAtMs: [], isSuppressed: false, deliveryState: "accepted" };
const calm: LaneHealth = { attempted: 1000, hard: 8, baselineRate: 0.01 };
const surging: LaneHealth = { attempted: 1000, hard: 300, baselineRate: 0.01 };
const types = (one: Finding, history: BounceHistory = clean, lane: LaneHealth | null = calm) =>
  decideEffects(one, history, lane, nowMs).map((effect) => effect.type);

describe("what a finding does", () => {
  it("hard: the address is suppressed at once", () => {
    expect(decideEffects(finding("hard"), clean, calm, nowMs)).toEqual([
      { type: "record" },
      { type: "suppress", reason: "hard-bounce", provisional: false },
    ]);
  });

  it("hard while the whole lane answers so: suppressed until a later try or a person confirms", () => {
    expect(decideEffects(finding("hard"), clean, surging, nowMs)[1]).toEqual({
      type: "suppress",
      reason: "hard-bounce",
      provisional: true,
    });
  });

  it("hard for a suppressed address: nothing new", () => {
    expect(types(finding("hard"), { ...clean, isSuppressed: true })).toEqual(["record"]);
  });

  it("policy: never the reader, always the operator", () => {
    expect(decideEffects(finding("policy", { reason: "authentication" }), clean, calm, nowMs)).toEqual([
      { type: "record" },
      { type: "alert", reason: "authentication" },
    ]);
  });

  it("complaint: leaves the list and is suppressed, also where it was for a bounce", () => {
    expect(types(finding("complaint"))).toEqual(["record", "unsubscribe", "suppress"]);
    expect(types(finding("complaint"), { ...clean, isSuppressed: true })).toEqual([
      "record",
      "unsubscribe",
      "suppress",
    ]);
  });

  it("delayed, delivered, auto-reply and unknown: nothing but the record", () => {
    for (const kind of ["delayed", "delivered", "auto-reply", "unknown"] as const)
      expect(types(finding(kind)), kind).toEqual(["record"]);
  });

  it("reply: goes to people, whoever it is from", () => {
    expect(types(finding("reply"))).toEqual(["record", "forward"]);
    expect(types(finding("reply", { trust: null }))).toEqual(["record", "forward"]);
  });

  it("anything that nothing proves to be ours: only the record", () => {
    for (const kind of ["hard", "soft", "full", "policy", "complaint"] as const) {
      expect(types(finding(kind, { trust: null }), { ...clean, deliveryState: "uncertain" }), kind).toEqual(["record"]);
    }
  });

  it("settles an uncertain delivery: whoever reports on it has it", () => {
    expect(types(finding("soft"), { ...clean, deliveryState: "uncertain" })).toEqual(["record", "settle", "count"]);
    expect(types(finding("auto-reply"), { ...clean, deliveryState: "uncertain" })).toEqual(["record", "settle"]);
    expect(types(finding("hard", { trust: "session" }), { ...clean, deliveryState: "uncertain" })).toEqual([
      "record",
      "suppress",
    ]);
  });
});

describe("soft bounces and full mailboxes are counted over days", () => {
  const soft = (softAtMs: readonly number[]) =>
    decideEffects(finding("soft"), { ...clean, softAtMs }, calm, nowMs).at(-1);
  const full = (fullAtMs: readonly number[]) =>
    decideEffects(finding("full"), { ...clean, fullAtMs }, calm, nowMs).at(-1);

  it("one day is one day, however many bounces it has", () => {
    expect(soft([nowMs - 1000, nowMs - 2000, nowMs - 3000])).toEqual({ type: "count", bounce: "soft", days: 1 });
  });

  it("enough days in a short time are an outage, not an address", () => {
    expect(softDaysMax).toBe(4);
    expect(soft(daysAgo(1, 2, 3))).toEqual({ type: "count", bounce: "soft", days: 4 });
  });

  it("enough days over ten days end it", () => {
    expect(soft(daysAgo(3, 7, 10))).toEqual({ type: "suppress", reason: "soft-bounces", provisional: false });
    expect(soft(daysAgo(3, 7))).toEqual({ type: "count", bounce: "soft", days: 3 });
  });

  it("full mailboxes get a month and twice the days", () => {
    expect(fullDaysMax).toBe(8);
    expect(full(daysAgo(1, 2, 3, 4, 5, 6, 7))).toMatchObject({ type: "count", days: 8 });
    expect(full(daysAgo(4, 8, 12, 16, 20, 24, 30))).toEqual({
      type: "suppress",
      reason: "soft-bounces",
      provisional: false,
    });
  });

  it("what is older than half a year is forgotten", () => {
    expect(soft([nowMs - bounceMemoryMs, ...daysAgo(200, 300)])).toEqual({ type: "count", bounce: "soft", days: 1 });
  });

  it("counting the same finding twice changes nothing", () => {
    expect(soft(daysAgo(3, 7, 10))).toEqual(soft([...daysAgo(3, 7, 10), nowMs]));
  });
});

describe("a surge of hard bounces", () => {
  it("needs enough of them, far above the baseline, and a share that no list has", () => {
    expect(isSurging(surging)).toBe(true);
    expect(isSurging(calm)).toBe(false);
    expect(isSurging({ attempted: 20, hard: 19, baselineRate: 0.01 })).toBe(false);
    expect(isSurging({ attempted: 1000, hard: 45, baselineRate: 0.001 })).toBe(false);
    expect(isSurging({ attempted: 1000, hard: 300, baselineRate: 0.1 })).toBe(false);
    expect(isSurging({ attempted: 0, hard: 30, baselineRate: 0 })).toBe(false);
  });
});

describe("a refusal at send time", () => {
  const refusal = (code: number, enhanced: string | null, text: string, phase: "rcpt" | "mail" | "dot" = "rcpt") =>
    readRefusal({
      recipient: "reader@example.net",
      delivery: { campaign: 1, number: 2 },
      phase,
      reply: { code, enhanced, text },
    });

  it("is the finding that a bounce would be", () => {
    expect(refusal(550, "5.1.1", "User unknown")).toEqual({
      kind: "hard",
      hard: true,
      recipient: "reader@example.net",
      status: "5.1.1",
      diagnostic: "550 User unknown",
      action: "failed",
      reason: "bad-mailbox",
      trust: "session",
      campaign: 1,
      delivery: "1.2",
    });
    expect(refusal(421, "4.7.28", "unusual rate of unsolicited mail")).toMatchObject({
      kind: "policy",
      hard: false,
      reason: "rate-limit",
    });
    expect(refusal(550, null, "Domain not found", "mail")).toMatchObject({
      kind: "policy",
      status: "5.0.0",
      reason: "sender",
    });
    expect(refusal(452, "4.2.2", "over quota")).toMatchObject({ kind: "full" });
  });
});
