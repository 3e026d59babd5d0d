import { expect, test } from "vitest";
import type { UncertainPolicy } from "../../../src/domain/delivery.ts";
import type { Settlement } from "../../../src/domain/ledger.ts";
import { createSeededRandom } from "../../../src/lib/random.ts";
import { createSimLedger } from "../../simulation/sim-ledger.ts";
import { accepted, createLedgerUnderTest, deferred, startLivingWorker, uncertain } from "./ledger-under-test.ts";

/** Every time in the run is a multiple of 5 s, and no look falls within a second of one: the database's own clock may be that late. */
const nearMs = 1_500;
const deliveries = 8;
const operations = 60;

interface ComparedRow {
  readonly number: number;
  readonly state: string;
  readonly turn: number;
  readonly attempts: number;
  readonly worker: number | null;
  readonly dueSeconds: number | null;
  readonly leaseSeconds: number | null;
}

test.each([
  [1, "hold"],
  [2, "resend"],
  [3, "hold"],
  [4, "resend"],
] as const)(
  "seed %i under %s: the simulated ledger and the one in PostgreSQL end every operation in equal rows",
  async (seed, policy) => {
    await driveBoth(seed, policy);
  },
);

async function driveBoth(seed: number, policy: UncertainPolicy): Promise<void> {
  const random = createSeededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)] as Item;
  let nowMs = 0;
  const sim = createSimLedger(deliveries, policy, () => nowMs);
  const ledger = await createLedgerUnderTest(deliveries, { policy });
  const table = `deliveries_${ledger.campaign}`;
  const living = await startLivingWorker(ledger);
  const workers = [living.worker, 990_001];
  const isAlive = (worker: number): boolean => worker === living.worker;
  let baseMs = await databaseNow();
  await ledger.pool.query(`UPDATE ${table} SET due_at = to_timestamp($1::float8 / 1000)`, [baseMs]);

  async function databaseNow(): Promise<number> {
    const { rows } = await ledger.pool.query<{ ms: number }>(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms",
    );
    return rows[0]?.ms as number;
  }
  /** Moves the rows' times so that the database's clock stands where the simulated one does. */
  const align = async (): Promise<void> => {
    const wantedMs = (await databaseNow()) - nowMs;
    const byMs = wantedMs - baseMs;
    baseMs = wantedMs;
    await ledger.pool.query(
      `UPDATE ${table} SET due_at = due_at + $1::float8 * interval '1 ms', lease_until = lease_until + $1::float8 * interval '1 ms'`,
      [byMs],
    );
  };
  const rowsOfSim = (): ComparedRow[] =>
    sim.rows.map((row) => ({
      number: row.number,
      state: row.state,
      turn: row.turn,
      attempts: row.attempts,
      worker: row.worker,
      dueSeconds: row.dueMs === null ? null : Math.round(row.dueMs / 1000),
      leaseSeconds: row.leaseMs === null ? null : Math.round(row.leaseMs / 1000),
    }));
  const rowsOfSql = async (): Promise<ComparedRow[]> => {
    const { rows } = await ledger.pool.query<ComparedRow>(
      `SELECT number, state, turn, attempts, worker,
         (extract(epoch FROM due_at) * 1000 - $1::float8)::float8 / 1000 AS "dueSeconds",
         (extract(epoch FROM lease_until) * 1000 - $1::float8)::float8 / 1000 AS "leaseSeconds"
       FROM ${table} ORDER BY number`,
      [baseMs],
    );
    return rows;
  };

  const settlements: Settlement[] = [];
  const ran = new Set<string>();
  for (let step = 1; step <= operations; step += 1) {
    nowMs += pick([5_000, 10_000, 25_000]);
    while (sim.rows.some((row) => [row.dueMs, row.leaseMs].some((ms) => ms !== null && Math.abs(ms - nowMs) < nearMs)))
      nowMs += 2_000;
    await align();
    const number = 1 + Math.floor(random.next() * deliveries);
    const row = sim.rows[number - 1] as (typeof sim.rows)[number];
    const turn = random.next() < 0.8 ? row.turn : row.turn + pick([-1, 1]);
    const job = ledger.job(number, turn);
    const worker = pick(workers);
    const operation = pick([
      "claim",
      "claim",
      "claim",
      "ask again",
      "settle",
      "settle",
      "settle",
      "hand out",
      "sweep",
      "repeat",
    ]);
    let answers: readonly unknown[] = [];
    switch (operation) {
      case "claim":
      case "ask again": {
        const again = operation === "ask again";
        const simClaim = (again ? sim.askAgain(job, worker) : null) ?? sim.claim(job, worker, 60_000);
        const [sqlClaim] = await ledger.claim(worker, [job], again);
        answers = [
          simClaim && [simClaim.job.turn, simClaim.attempts],
          sqlClaim && [sqlClaim.job.turn, sqlClaim.attempts],
        ];
        break;
      }
      case "settle":
      case "repeat": {
        const settlement =
          operation === "repeat" && settlements.length > 0
            ? pick(settlements)
            : pick([
                accepted(job),
                deferred(job, 20_000),
                deferred(job, 40_000),
                uncertain(job, policy === "hold" ? null : 60_000),
              ]);
        settlements.push(settlement);
        sim.settle(settlement);
        await ledger.settle(settlement);
        break;
      }
      case "hand out": {
        const bySim = sim.handOut(deliveries, 15_000);
        const bySql = await ledger.handOut();
        answers = [bySim, bySql].map((jobs) =>
          jobs.map((handed) => `${handed.delivery.number}/${handed.turn}`).toSorted(),
        );
        break;
      }
      case "sweep":
        answers = [sim.sweep(isAlive), await ledger.dispatch.sweep()];
        break;
    }
    const where = `seed ${seed}, step ${step}, ${operation} ${number}/${turn} by ${worker}`;
    ran.add(operation);
    expect(answers[1], `${where}: the answer`).toEqual(answers[0]);
    const sql = await rowsOfSql();
    const rounded = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds));
    expect(
      sql.map((found) => ({
        ...found,
        dueSeconds: rounded(found.dueSeconds),
        leaseSeconds: rounded(found.leaseSeconds),
      })),
      where,
    ).toEqual(rowsOfSim());
    await ledger.balance();
  }
  expect(ran.size).toBe(6);
}
