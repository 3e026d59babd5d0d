import { createSeededRandom } from "../lib/random.ts";
import { faultTable, type FaultKind, type FaultPlan, type FaultStage } from "./fault-plan.ts";

/** Decides what happens: the same seed, stage, key and attempt meet the same fault, in whatever order they come. */
export interface FaultDice {
  /** `key` is the recipient, or the sender before there is one; `attempt` counts from 1. */
  throwFor(stage: FaultStage, key: string, attempt: number): FaultKind | null;
}

export function createFaultDice(seed: number, plan: FaultPlan): FaultDice {
  const byStage = new Map<FaultStage, (readonly [FaultKind, number])[]>();
  for (const [name, rate] of Object.entries(plan.rates)) {
    const kind = name as FaultKind;
    const { stage } = faultTable[kind];
    byStage.set(stage, [...(byStage.get(stage) ?? []), [kind, rate]]);
  }
  return {
    throwFor(stage, key, attempt) {
      const choices = byStage.get(stage);
      if (!choices || attempt > plan.attemptsMax) return null;
      let thrown = createSeededRandom(hashOf(`${seed} ${stage} ${key} ${attempt}`)).next();
      for (const [kind, rate] of choices) {
        if (thrown < rate) return kind;
        thrown -= rate;
      }
      return null;
    },
  };
}

/** FNV-1a, 32 bits: spreads keys that differ in one character; the generator behind it mixes further. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
