/** When a campaign is about to go out, lane by lane and wave by wave, at the pace that the lanes have now. Pure. */

export interface FlightWave {
  readonly lane: string;
  /** When these mails are due. */
  readonly dueAt: Date;
  readonly count: number;
}

export interface FlightLane {
  readonly name: string;
  /** `null` is as fast as the workers are: `assumedPerSecond` stands for it. */
  readonly perSecond: number | null;
  readonly pausedReason: string | null;
  /** Most tries a UTC day, today's and how many of them are left; `null` without a cap. */
  readonly cap: { readonly today: number; readonly leftToday: number } | null;
}

export interface FlightLeg {
  readonly lane: string;
  readonly count: number;
  readonly startsAt: Date;
  /** `null` while the lane is paused or its cap lets nothing through: it does not end by itself. */
  readonly endsAt: Date | null;
  readonly pausedReason: string | null;
  /** The lane has no pace of its own. */
  readonly assumed: boolean;
}

/** A lane without a limit, on two small cores and one relay nearby. */
export const assumedPerSecond = 500;

const dayMs = 86_400_000;

/** A cap that would take longer than this is told as never: somebody forgot a zero. */
const daysMax = 3_650;

/** @param waves of any order; those of one lane follow each other, each no sooner than it is due */
export function planFlight(
  waves: readonly FlightWave[],
  lanes: readonly FlightLane[],
  now: Date,
): readonly FlightLeg[] {
  const legs: FlightLeg[] = [];
  const byLane = groupByLane(waves);
  for (const [name, own] of byLane) {
    const lane = lanes.find((one) => one.name === name);
    const perSecond = lane?.perSecond ?? assumedPerSecond;
    const spend = createDays(lane?.cap ?? null, now);
    let freeMs: number | null = now.getTime();
    for (const wave of own.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())) {
      const startsMs: number = Math.max(wave.dueAt.getTime(), freeMs ?? 0);
      freeMs = lane?.pausedReason || freeMs === null ? null : spend(startsMs, wave.count, perSecond);
      legs.push({
        lane: name,
        count: wave.count,
        startsAt: new Date(startsMs),
        endsAt: freeMs === null ? null : new Date(freeMs),
        pausedReason: lane?.pausedReason ?? null,
        assumed: (lane?.perSecond ?? null) === null,
      });
    }
  }
  return legs.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime() || a.lane.localeCompare(b.lane));
}

/** Spends a lane's days: what is above a day's cap waits for the next midnight, UTC. The cap's growth is not counted on. */
function createDays(
  cap: FlightLane["cap"],
  now: Date,
): (startMs: number, count: number, perSecond: number) => number | null {
  const today = Math.floor(now.getTime() / dayMs);
  const spent = new Map<number, number>();
  return (startMs, count, perSecond) => {
    let atMs = startMs;
    let left = count;
    for (let days = 0; left > 0 && days < daysMax; days += 1) {
      const day = Math.floor(atMs / dayMs);
      const room = cap === null ? left : (day === today ? cap.leftToday : cap.today) - (spent.get(day) ?? 0);
      const untilMidnight = Math.ceil((((day + 1) * dayMs - atMs) / 1_000) * perSecond);
      const now = Math.max(0, Math.min(left, room, untilMidnight));
      spent.set(day, (spent.get(day) ?? 0) + now);
      left -= now;
      atMs = left === 0 ? atMs + (now / perSecond) * 1_000 : (day + 1) * dayMs;
    }
    return left > 0 ? null : atMs;
  };
}

function groupByLane(waves: readonly FlightWave[]): Map<string, FlightWave[]> {
  const groups = new Map<string, FlightWave[]>();
  for (const wave of waves) groups.set(wave.lane, [...(groups.get(wave.lane) ?? []), wave]);
  return groups;
}
