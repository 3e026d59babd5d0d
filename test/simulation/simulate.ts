/**
 * One run of the production delivery code on a simulated world, from one seed: two deliver processes and a dispatcher that
 * may be killed between any two calls of a port, a queue that repeats, delays and loses jobs, a database whose answers get
 * lost, and a server that refuses, drops and falls silent at every phase.
 */
import { deliver, type DeliverPorts } from "../../src/delivery/deliver.ts";
import { holdTurns } from "../../src/delivery/hold-turns.ts";
import type { DeliveryTimes } from "../../src/delivery/delivery-times.ts";
import type { DeliveryJob, UncertainPolicy } from "../../src/domain/delivery.ts";
import type { Digest } from "../../src/domain/digest.ts";
import type { DeliveryLedger, Settlement } from "../../src/domain/ledger.ts";
import type { Message } from "../../src/domain/message.ts";
import type { Outcome, SmtpReply } from "../../src/domain/outcome.ts";
import type { Connection, Transport } from "../../src/domain/transport.ts";
import { createSeededRandom, type Random } from "../../src/lib/random.ts";
import { createSimClock, type SimClock } from "./sim-clock.ts";
import { createSimLedger, type Sabotage, type SimLedger } from "./sim-ledger.ts";

export interface SimOptions {
  readonly seed: number;
  readonly policy: UncertainPolicy;
  readonly deliveries: number;
  readonly sabotage?: Sabotage | DeliverSabotage;
}

/** Bugs of the deliver process itself. */
export type DeliverSabotage = "body-past-deadline" | "uncertain-is-deferred" | "no-journal" | "asks-twice";

export interface SimResult {
  /** The first promise that was broken, in words; `null` when all held. */
  readonly broken: string | null;
  readonly doubled: number;
  readonly uncertainEver: number;
  readonly crashes: number;
}

const times: DeliveryTimes = { connectMs: 500, deadlineMs: 4_000, leaseMs: 5_000, handOutMs: 2_000 };
const ledgerSabotages: ReadonlySet<string> = new Set([
  "claim-ignores-turn",
  "claim-ignores-state",
  "settle-ignores-turn",
  "deferral-keeps-turn",
  "sweep-sends-again",
  "hand-out-forgets-lease",
]);
/** The faults end here, so that what is still open afterwards is stuck and not unlucky. */
const troubleUntilMs = 20_000;
const endMs = 200_000;
const stepsMax = 20_000;

export async function simulate(options: SimOptions): Promise<SimResult> {
  const random = createSeededRandom(options.seed);
  const clock = createSimClock();
  const world = createWorld(options, clock, random);
  world.start();
  for (let step = 0; step < stepsMax && clock.nowMs() < endMs && !world.isDone(); step += 1) {
    if (!(await clock.step())) break;
  }
  return world.judge();
}

interface Process {
  readonly worker: number;
  alive: boolean;
  readonly journal: Settlement[];
}

function createWorld(options: SimOptions, clock: SimClock, random: Random) {
  const { sabotage, policy } = options;
  const ledger = createSimLedger(
    options.deliveries,
    policy,
    clock.nowMs,
    sabotage !== undefined && ledgerSabotages.has(sabotage) ? (sabotage as Sabotage) : null,
  );
  const copies = new Map<number, number>();
  const living = new Set<number>();
  const journals: Settlement[][] = [];
  let queue: DeliveryJob[] = [];
  let workers = 0;
  let crashes = 0;
  let lateBodies = 0;
  const isTrouble = (): boolean => clock.nowMs() < troubleUntilMs;
  const chance = (share: number): boolean => isTrouble() && random.next() < share;
  const wait = (delayMs: number): Promise<void> => new Promise((resolve) => clock.after(delayMs, resolve));
  const never = new Promise<never>(() => undefined);

  /** A call of a port by a process: takes a while, and is never answered once the process is dead. */
  const call = async <Answer>(process: Process, run: () => Answer): Promise<Answer> => {
    // Now and then the database or the machine takes its time.
    await wait(chance(0.02) ? 1_500 : 1 + random.next() * 30);
    if (!process.alive) return never;
    if (chance(0.012)) {
      kill(process);
      return never;
    }
    const answer = run();
    if (chance(0.012)) {
      // Killed after the call took effect and before its answer was seen.
      kill(process);
      return never;
    }
    await wait(random.next() * 10);
    return process.alive ? answer : never;
  };
  const kill = (process: Process): void => {
    if (!process.alive) return;
    process.alive = false;
    living.delete(process.worker);
    crashes += 1;
    journals.push(process.journal);
    clock.after(200 + random.next() * 800, startDeliver);
  };

  function startDeliver(): void {
    const process: Process = { worker: (workers += 1), alive: true, journal: [] };
    living.add(process.worker);
    // A new process first settles what dead ones had been told.
    for (const journal of journals.splice(0))
      if (sabotage !== "no-journal") for (const settlement of journal) write(settlement);
    const ports = createPorts(process);
    const loop = async (): Promise<void> => {
      while (process.alive) {
        const job = queue.shift();
        if (!job) {
          await wait(100);
          continue;
        }
        // A job may stall and run again, here or elsewhere.
        if (chance(0.05)) {
          if (random.next() < 0.5) queue.push(job);
          else queue.unshift(job);
        }
        const delivered = await deliver(job, ports);
        if (delivered.type === "no-connection") await wait(200);
      }
    };
    for (let slot = 0; slot < 3; slot += 1) void loop();
  }

  const write = (settlement: Settlement): void => {
    ledger.settle(settlement);
  };

  function createPorts(process: Process): DeliverPorts {
    const asked = createLedgerPort(process);
    return {
      clock,
      random,
      times,
      transport: createTransport(process),
      schedule: { delaysMs: [200, 600], giveUpAfterMs: 60_000, rateLimitDelayMs: 1_500 },
      lanes: { slow: async () => undefined, pause: async () => undefined, haltCampaign: async () => undefined },
      loadDigest: async () => ({}) as Digest,
      compose: (_digest, claim) =>
        ({
          envelope: { from: "", to: String(claim.job.delivery.number), needsSmtpUtf8: false },
          bytes: Buffer.alloc(0),
          messageId: "",
        }) satisfies Message,
      journal: {
        append: (settlement) => void process.journal.push(settlement),
        settled: (settlement) => void process.journal.splice(process.journal.indexOf(settlement), 1),
      },
      ledger: sabotage === "asks-twice" ? asked : holdTurns(asked),
    };
  }

  function createLedgerPort(process: Process): DeliveryLedger {
    return {
      async claim(job) {
        let asked = false;
        for (;;) {
          const isLost = chance(0.03);
          const claim = await call(
            process,
            () =>
              (asked ? ledger.askAgain(job, process.worker) : null) ?? ledger.claim(job, process.worker, times.leaseMs),
          );
          if (!isLost) return claim;
          asked = true;
        }
      },
      async settle(settlement) {
        const told =
          sabotage === "uncertain-is-deferred" && settlement.state === "uncertain"
            ? { ...settlement, state: "deferred" as const, dueInMs: 100 }
            : settlement;
        for (;;) {
          const isLost = chance(0.08);
          await call(process, () => write(told));
          if (!isLost) return;
        }
      },
    };
  }

  function createTransport(process: Process): Transport {
    return {
      profile: "mta",
      stop: async () => undefined,
      async connect() {
        const refused = chance(0.05);
        return call(process, () =>
          refused ? { failed: true, cause: "refused", permanent: false, server: "sim" } : createConnection(process),
        );
      },
    };
  }

  function createConnection(process: Process): Connection {
    const reply = (code: number, text: string): SmtpReply => ({ code, enhanced: null, text });
    const accept = (number: number): void => void copies.set(number, (copies.get(number) ?? 0) + 1);
    return {
      server: "sim",
      supportsSmtpUtf8: true,
      release: () => undefined,
      async send(message, deadlineMs, mayBegin): Promise<Outcome> {
        const number = Number(message.envelope.to);
        if (chance(0.03)) return { type: "deferred", phase: "mail", reply: null, cause: "dropped", server: "sim" };
        if (chance(0.05))
          return { type: "deferred", phase: "rcpt", reply: reply(450, "greylisted"), cause: "", server: "sim" };
        if (chance(0.02))
          return { type: "refused", phase: "rcpt", reply: reply(550, "5.1.1 no such user"), server: "sim" };
        // A process may be frozen here by its machine, longer than any deadline.
        await call(process, () => undefined);
        if (chance(0.02)) await wait(times.leaseMs * (0.5 + random.next()));
        if (!process.alive) return never;
        if (!mayBegin() && sabotage !== "body-past-deadline")
          return {
            type: "deferred",
            phase: "data",
            reply: null,
            cause: "the deadline passed before the body",
            server: "sim",
          };
        if (clock.nowMs() >= deadlineMs) lateBodies += 1;
        const fate = isTrouble() ? random.next() : 1;
        if (fate < 0.03) return { type: "uncertain", cause: "dropped before the dot", server: "sim" };
        await wait(1 + random.next() * 20);
        // The server takes what was sent whether or not the sender still lives.
        if (fate < 0.05)
          return process.alive
            ? { type: "deferred", phase: "dot", reply: reply(451, "later"), cause: "", server: "sim" }
            : never;
        accept(number);
        if (fate < 0.08) {
          await wait(Math.max(0, deadlineMs - clock.nowMs()));
          return process.alive ? { type: "uncertain", cause: "the reply was lost", server: "sim" } : never;
        }
        return call(process, () => ({ type: "accepted", reply: reply(250, "ok"), server: "sim" }) as const);
      },
    };
  }

  const dispatchRound = (): void => {
    if (!chance(0.05)) {
      ledger.sweep((worker) => living.has(worker));
      for (const job of ledger.handOut(10, times.handOutMs))
        if (!queue.some((one) => one.delivery.number === job.delivery.number && one.turn === job.turn)) queue.push(job);
    }
    if (chance(0.01)) queue = [];
    clock.after(150, dispatchRound);
  };

  return {
    start() {
      startDeliver();
      startDeliver();
      dispatchRound();
    },
    isDone: () => !isTrouble() && ledger.rows.every((row) => row.dueMs === null && row.state !== "sending"),
    judge: (): SimResult => ({
      broken: lateBodies > 0 ? "a body was begun past its deadline" : findBroken(ledger, copies, policy),
      doubled: countDoubled(copies),
      uncertainEver: ledger.uncertainEver.size,
      crashes,
    }),
  };
}

function countDoubled(copies: ReadonlyMap<number, number>): number {
  return [...copies.values()].filter((count) => count > 1).length;
}

function findBroken(ledger: SimLedger, copies: ReadonlyMap<number, number>, policy: UncertainPolicy): string | null {
  if (ledger.staleClaims() > 0) return "a job whose turn was over claimed a delivery";
  for (const row of ledger.rows) {
    const taken = copies.get(row.number) ?? 0;
    if (taken > 1 && (policy === "hold" || !ledger.uncertainEver.has(row.number)))
      return `delivery ${row.number} was taken ${taken} times`;
    if (row.state === "accepted" && taken === 0)
      return `delivery ${row.number} is accepted in the ledger and was never taken`;
    if (row.state === "refused" && taken > 0 && !ledger.uncertainEver.has(row.number))
      return `delivery ${row.number} is refused in the ledger and was taken`;
    if (row.state === "uncertain" && policy === "resend")
      return `delivery ${row.number} is still uncertain under resend`;
    if (["pending", "deferred", "sending"].includes(row.state))
      return `delivery ${row.number} is stuck in ${row.state}`;
  }
  return null;
}
