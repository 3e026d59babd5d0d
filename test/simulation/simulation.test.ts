import { describe, expect, it } from "vitest";
import { simulate, type DeliverSabotage } from "./simulate.ts";
import type { Sabotage } from "./sim-ledger.ts";

/** Of each policy: together a thousand. */
const seeds = 500;
const deliveries = 12;

/** Runs the seeds until one breaks a promise. */
async function findBrokenSeed(
  policy: "hold" | "resend",
  sabotage?: Sabotage | DeliverSabotage,
): Promise<string | null> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { broken } = await simulate({
      seed,
      policy,
      deliveries,
      ...(sabotage ? { sabotage } : {}),
    });
    if (broken !== null) return `seed ${seed}: ${broken}`;
  }
  return null;
}

describe("the delivery code on a simulated world", () => {
  it.each(["hold", "resend"] as const)(
    "keeps every promise under %s, whatever is killed, lost or repeated",
    async (policy) => {
      expect(await findBrokenSeed(policy)).toBeNull();
    },
  );

  it("meets crashes and doubt, or it would prove nothing", async () => {
    let crashes = 0;
    let uncertainEver = 0;
    for (let seed = 1; seed <= 50; seed += 1) {
      const result = await simulate({ seed, policy: "hold", deliveries });
      crashes += result.crashes;
      uncertainEver += result.uncertainEver;
    }
    expect(crashes).toBeGreaterThan(50);
    expect(uncertainEver).toBeGreaterThan(20);
  });

  it("gives the same run from the same seed", async () => {
    const run = () => simulate({ seed: 7, policy: "hold", deliveries });
    expect(await run()).toEqual(await run());
  });

  it.each([
    ["claim-ignores-turn", "hold"],
    ["claim-ignores-state", "hold"],
    ["settle-ignores-turn", "hold"],
    ["deferral-keeps-turn", "hold"],
    ["sweep-sends-again", "hold"],
    ["hand-out-forgets-lease", "hold"],
    ["uncertain-is-deferred", "hold"],
    ["asks-twice", "hold"],
    ["body-past-deadline", "resend"],
  ] as const)("finds a planted bug: %s (%s)", async (sabotage, policy) => {
    expect(await findBrokenSeed(policy, sabotage)).not.toBeNull();
  });
});
