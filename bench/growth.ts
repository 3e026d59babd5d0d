/** Time per mail, memory and table size as the list grows; 15 KB, unsigned, Redis, two processes. */
import { createRealisticDigest } from "../test/support/realistic-digest.ts";
import { measureSend, redisMegabytes, startBenchInstallation } from "./installation.ts";

export interface GrowthRow {
  readonly recipients: number;
  readonly microsecondsPerMail: number;
  readonly workerMegabytes: number;
  readonly redisMegabytes: number;
}

/** The largest is left out where nobody waits half an hour for it. */
const sizes = process.env["BENCH_GROWTH_MAX"] ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];

export async function run(): Promise<{ rows: GrowthRow[] }> {
  const bench = await startBenchInstallation();
  try {
    const rows: GrowthRow[] = [];
    const digest = createRealisticDigest(9);
    for (const recipients of sizes) {
      const measured = await measureSend(bench, {
        digest,
        recipients,
        signature: "none",
        queue: bench.redisUrl ? "redis" : "postgres",
        processes: bench.redisUrl ? 2 : 1,
      });
      rows.push({
        recipients,
        microsecondsPerMail: Math.round(((measured.seconds - measured.planSeconds) * 1e6) / recipients),
        workerMegabytes: Math.round(measured.workerMegabytesMax),
        redisMegabytes: Math.round(await redisMegabytes(bench)),
      });
    }
    return { rows };
  } finally {
    await bench.stop();
  }
}
