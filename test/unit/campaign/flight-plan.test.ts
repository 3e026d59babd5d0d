import { expect, test } from "vitest";
import { planFlight, type FlightLane } from "../../../src/campaign/flight-plan.ts";

const now = new Date("2026-12-01T20:00:00Z");
const lane = (changes: Partial<FlightLane> = {}): FlightLane => ({
  name: "default",
  perSecond: 10,
  pausedReason: null,
  cap: null,
  ...changes,
});

test("waves of a lane follow each other, each no sooner than it is due", () => {
  const legs = planFlight(
    [
      { lane: "default", dueAt: new Date("2026-12-01T20:30:00Z"), count: 600 },
      { lane: "default", dueAt: now, count: 36_000 },
      { lane: "default", dueAt: new Date("2026-12-02T09:00:00Z"), count: 10 },
    ],
    [lane()],
    now,
  );
  expect(legs.map((leg) => [leg.count, leg.startsAt.toISOString(), leg.endsAt?.toISOString()])).toEqual([
    [36_000, "2026-12-01T20:00:00.000Z", "2026-12-01T21:00:00.000Z"],
    [600, "2026-12-01T21:00:00.000Z", "2026-12-01T21:01:00.000Z"],
    [10, "2026-12-02T09:00:00.000Z", "2026-12-02T09:00:01.000Z"],
  ]);
});

test("a daily cap carries the rest to the next day, in UTC", () => {
  const [leg] = planFlight(
    [{ lane: "default", dueAt: now, count: 250 }],
    [lane({ cap: { today: 100, leftToday: 30 } })],
    now,
  );
  // 30 today, 100 on the second, 100 on the third, 20 on the fourth.
  expect(leg?.endsAt?.toISOString()).toBe("2026-12-04T00:00:02.000Z");
});

test("a paused lane has no end, and says why; a cap of nothing neither; a lane without a pace is assumed", () => {
  const wave = { lane: "default", dueAt: now, count: 5 };
  expect(planFlight([wave], [lane({ pausedReason: "blocked" })], now)[0]).toMatchObject({
    endsAt: null,
    pausedReason: "blocked",
  });
  expect(planFlight([wave], [lane({ cap: { today: 0, leftToday: 0 } })], now)[0]?.endsAt).toBeNull();
  expect(planFlight([wave], [lane({ perSecond: null })], now)[0]).toMatchObject({ assumed: true });
});
