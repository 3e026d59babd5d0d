/** Planning a campaign: one INSERT .. SELECT over the audience, indexes, attaching. */
import { createRealisticDigest } from "../test/support/realistic-digest.ts";
import { measurePlan, startBenchInstallation } from "./installation.ts";

export interface PlanRow {
  readonly recipients: number;
  readonly seconds: number;
  readonly perSecond: number;
}

export async function run(): Promise<{ rows: PlanRow[] }> {
  const bench = await startBenchInstallation();
  try {
    const rows: PlanRow[] = [];
    for (const recipients of [10_000, 100_000, 1_000_000]) {
      const seconds = await measurePlan(bench, createRealisticDigest(9), recipients);
      rows.push({ recipients, seconds: Math.round(seconds * 100) / 100, perSecond: Math.round(recipients / seconds) });
    }
    return { rows };
  } finally {
    await bench.stop();
  }
}
