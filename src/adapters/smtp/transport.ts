import type { Message } from "../../domain/message.ts";
import type { Transport } from "../../domain/transport.ts";
import { assert } from "../../lib/assert.ts";
import { systemClock, type Clock } from "../../lib/clock.ts";
import { InputError } from "../../lib/errors.ts";
import { createWeightedChoice } from "./choose-server.ts";
import { breakerDefaults, type BreakerLimits } from "./circuit-breaker.ts";
import { createConnection, type Lease } from "./connection.ts";
import { objectionTo } from "./objection.ts";
import type { SetupFailure, SetupTimes } from "./open-session.ts";
import { createServerPool, type ServerPool } from "./server-pool.ts";
import type { SmtpServer } from "./smtp-servers.ts";

export interface SmtpTransportOptions {
  readonly servers: readonly SmtpServer[];
  readonly clock?: Clock;
  readonly times?: Partial<SetupTimes>;
  readonly breaker?: Partial<BreakerLimits>;
}

/** How one server stands, for metrics and the console. */
export interface SmtpServerState {
  readonly server: string;
  readonly busy: number;
  readonly idle: number;
  readonly breaker: "closed" | "open" | "half-open";
  /** What went wrong last, until a connection succeeds; without secrets. */
  readonly lastFailure: string | null;
}

export interface SmtpTransport extends Transport {
  serverStates(): SmtpServerState[];
}

/** Someone without a connection, and the servers that would do. */
interface Waiter {
  readonly among: readonly ServerPool[];
  wake(): void;
}

/** RFC 5321 section 4.5.3.2.1 wants 5 minutes of patience for a greeting; a TCP connection needs far less. */
const timesDefault: SetupTimes = { connectTimeoutMs: 30_000, setupTimeoutMs: 300_000 };

/**
 * Sends through one or several servers over kept connections: by weight among those that are free, failing over to the
 * next where a connection can't be had. What becomes of a mail is an `Outcome`, never an exception.
 * @throws InputError when the servers' profiles differ: what is signed would depend on which one is free
 */
export function createSmtpTransport(options: SmtpTransportOptions): SmtpTransport {
  const { servers, clock = systemClock } = options;
  const first = servers[0];
  assert(first, "A transport has at least one server.");
  const other = servers.find((server) => server.profile !== first.profile);
  if (other) {
    const message =
      `SMTP_URL: ${first.server} has the profile ${first.profile} and ${other.server} ${other.profile}; ` +
      "servers that share the mail must treat it alike (add profile=.. to both)";
    throw new InputError({ code: "smtp-profile", message });
  }
  const limits = {
    times: { ...timesDefault, ...options.times },
    breaker: { ...breakerDefaults, ...options.breaker },
  };
  const queue: Waiter[] = [];
  const pools: readonly ServerPool[] = servers.map((server) =>
    createServerPool(server, limits, clock, (pool) => onRoom(pool)),
  );
  const choose = createWeightedChoice<ServerPool>((pool) => pool.server.weight);
  let stopping: Promise<void> | null = null;
  let finishStop: () => void = () => {};

  function onRoom(pool: ServerPool): void {
    const at = queue.findIndex((waiter) => waiter.among.includes(pool));
    if (at !== -1) queue.splice(at, 1)[0]?.wake();
    if (stopping && pools.every((pool) => pool.busy() === 0)) finishStop();
  }

  const wakeAll = () => {
    for (const waiter of queue.splice(0)) waiter.wake();
  };

  /** Waits in line until a place came free or the deadline has passed. */
  const waitForRoom = (among: readonly ServerPool[], deadlineMs: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(Math.max(0, deadlineMs - clock.monotonicMs()), () => {
        queue.splice(queue.indexOf(waiter), 1);
        resolve();
      });
      const waiter: Waiter = {
        among,
        wake() {
          cancel();
          resolve();
        },
      };
      queue.push(waiter);
    });

  const lease = async (among: readonly ServerPool[], deadlineMs: number): Promise<Lease | SetupFailure> => {
    const tried = new Map<ServerPool, SetupFailure>();
    const giveUp = (failure: SetupFailure) => {
      // Whoever waits behind may have no more to hope for either.
      wakeAll();
      return failure;
    };
    for (;;) {
      if (stopping) return giveUp(failureOf(among, tried, "the transport is stopping"));
      const pool = choose(among.filter((one) => one.hasIdle() || (!tried.has(one) && one.canOpen())));
      if (pool) {
        const session = await pool.acquire(deadlineMs);
        if (!("failed" in session)) return { pool, session };
        tried.set(pool, session);
      } else if (!among.some((one) => one.busy() > 0)) {
        return giveUp(failureOf(among, tried, "no server can be tried now"));
      } else {
        await waitForRoom(among, deadlineMs);
      }
      if (clock.monotonicMs() >= deadlineMs) {
        return giveUp(failureOf(among, tried, "no connection came free before the deadline"));
      }
    }
  };

  const findAble = async (message: Message, deadlineMs: number): Promise<Lease | SetupFailure | null> => {
    const able = pools.filter((pool) => {
      const known = pool.capabilities();
      return known === null || objectionTo(message, pool.server.server, known) === null;
    });
    if (able.length === 0) return null;
    const found = await lease(able, deadlineMs);
    if ("failed" in found || !objectionTo(message, found.session.server, found.session.capabilities)) return found;
    // It was unknown before and is known now: ask again among those that are left.
    found.pool.release(found.session);
    return findAble(message, deadlineMs);
  };

  return {
    profile: first.profile,
    async connect(deadlineMs) {
      const found = await lease(pools, deadlineMs);
      return "failed" in found ? found : createConnection(found, findAble, clock);
    },
    serverStates: () => pools.map(stateOf),
    stop() {
      stopping ??= new Promise((resolve) => {
        finishStop = resolve;
        for (const pool of pools) pool.stop();
      });
      wakeAll();
      if (pools.every((pool) => pool.busy() === 0)) finishStop();
      return stopping;
    },
  };
}

/** One failure for all that were tried or could not be: permanent only where no server is left that might recover. */
function failureOf(
  among: readonly ServerPool[],
  tried: ReadonlyMap<ServerPool, SetupFailure>,
  otherwise: string,
): SetupFailure {
  const shut = (pool: ServerPool) => (pool.breaker.state() === "closed" ? null : pool.breaker.lastFailure());
  const known = among.map((pool) => tried.get(pool) ?? shut(pool)).filter((failure) => failure !== null);
  const retryAfterMs = Math.min(...among.map((pool) => pool.breaker.retryAfterMs()));
  const causes = [...new Set(known.map((failure) => failure.cause))];
  const firstKnown = known[0];
  return {
    failed: true,
    cause: (tried.size > 0 ? causes : [otherwise, ...causes]).join("; "),
    permanent: known.length === among.length && known.every((failure) => failure.permanent),
    server: firstKnown?.server ?? (among[0] as ServerPool).server.server,
    phase: firstKnown?.phase ?? "connect",
    reply: firstKnown?.reply ?? null,
    capabilities: firstKnown?.capabilities ?? null,
    ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
  };
}

function stateOf(pool: ServerPool): SmtpServerState {
  return {
    server: pool.server.server,
    busy: pool.busy(),
    idle: pool.idle(),
    breaker: pool.breaker.state(),
    lastFailure: pool.breaker.lastFailure()?.cause ?? null,
  };
}
