import { setMaxListeners } from "node:events";
import { assert } from "../../lib/assert.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Capabilities } from "./capabilities.ts";
import { createCircuitBreaker, type BreakerLimits, type CircuitBreaker } from "./circuit-breaker.ts";
import { openSession, type SetupFailure, type SetupTimes } from "./open-session.ts";
import type { Session } from "./session.ts";
import type { SmtpServer } from "./smtp-servers.ts";

/** The kept sessions of one server. */
export interface ServerPool {
  readonly server: SmtpServer;
  readonly breaker: CircuitBreaker;
  /** What the server announced last; `null` before the first greeting. */
  capabilities(): Capabilities | null;
  hasIdle(): boolean;
  /** Room for one more connection, and no breaker in the way. */
  canOpen(): boolean;
  /** Sessions at work or on their way: one of them will come free. */
  busy(): number;
  idle(): number;
  /** A kept session, or a new one. What is ready only after the deadline is kept for the next. */
  acquire(deadlineMs: number): Promise<Session | SetupFailure>;
  /** A new session in the place of one that turned out dead. */
  replace(dead: Session, deadlineMs: number): Promise<Session | SetupFailure>;
  release(session: Session): void;
  /** Closes the idle ones and gives up those on their way now, the others as they come back. */
  stop(): void;
}

export function createServerPool(
  server: SmtpServer,
  limits: { readonly times: SetupTimes; readonly breaker: BreakerLimits },
  clock: Clock,
  onRoom: (pool: ServerPool) => void,
): ServerPool {
  const breaker = createCircuitBreaker(limits.breaker, clock);
  const idle: { session: Session; cancelTimer: () => void }[] = [];
  let busy = 0;
  const stopped = new AbortController();
  // One listener for each connection on its way, and each goes when it has arrived.
  setMaxListeners(0, stopped.signal);
  let capabilities: Capabilities | null = null;

  const dropIdle = (session: Session) => {
    const at = idle.findIndex((kept) => kept.session === session);
    if (at === -1) return;
    idle.splice(at, 1)[0]?.cancelTimer();
    onRoom(pool);
  };
  const giveBack = (session: Session) => {
    busy -= 1;
    assert(busy >= 0, "A session is given back once.");
    if (session.broken() === null) {
      if (stopped.signal.aborted || session.messages >= server.messagesPerConnectionMax) session.quit();
      else keep(session);
    }
    onRoom(pool);
  };
  const keep = (session: Session) => {
    const cancelTimer = clock.after(server.idleMs, () => {
      dropIdle(session);
      session.quit();
    });
    idle.push({ session, cancelTimer });
  };
  const open = async (signal: AbortSignal): Promise<Session | SetupFailure> => {
    const isProbe = breaker.state() !== "closed";
    breaker.begin();
    const result = await openSession(server, limits.times, clock, signal);
    if ("failed" in result) {
      breaker.fail(result);
      return result;
    }
    breaker.succeed();
    capabilities = result.capabilities;
    result.onBroken(() => dropIdle(result));
    // Those who waited for the probe's answer may open their own connections now.
    if (isProbe) for (let room = server.connectionsMax - busy - idle.length; room > 0; room -= 1) onRoom(pool);
    return result;
  };
  /** What `opening` gives, or `null` when that is too late; `onLate` then gets what it gives in the end. */
  const waitUntil = (
    deadlineMs: number,
    opening: Promise<Session | SetupFailure>,
    onLate: (result: Session | SetupFailure) => void,
  ): Promise<Session | SetupFailure | null> =>
    new Promise((resolve, reject) => {
      let isLate = false;
      const cancel = clock.after(Math.max(0, deadlineMs - clock.monotonicMs()), () => {
        isLate = true;
        resolve(null);
      });
      opening.then((result) => {
        cancel();
        if (isLate) onLate(result);
        else resolve(result);
      }, reject);
    });
  const giveUpPlace = () => {
    busy -= 1;
    onRoom(pool);
  };

  const pool: ServerPool = {
    server,
    breaker,
    capabilities: () => capabilities,
    hasIdle: () => idle.length > 0,
    canOpen: () => !stopped.signal.aborted && busy + idle.length < server.connectionsMax && breaker.mayTry(),
    busy: () => busy,
    idle: () => idle.length,
    async acquire(deadlineMs) {
      // The one used last: those that are too many grow old at the other end and are closed.
      const kept = idle.pop();
      // A new one counts as busy from its beginning, so that the limit holds while it is on its way.
      busy += 1;
      assert(busy + idle.length <= server.connectionsMax, "A server never has more connections than its limit.");
      if (kept) {
        kept.cancelTimer();
        return kept.session;
      }
      const result = await waitUntil(deadlineMs, open(stopped.signal), (late) => {
        if ("failed" in late) giveUpPlace();
        else giveBack(late);
      });
      if (result === null) return tooLate(server);
      if ("failed" in result) giveUpPlace();
      return result;
    },
    async replace(dead, deadlineMs) {
      dead.destroy("replaced");
      // The place of the dead one is held by its user; a session that comes too late has none.
      const giveUp = new AbortController();
      const opening = open(AbortSignal.any([stopped.signal, giveUp.signal]));
      const result = await waitUntil(deadlineMs, opening, (late) => {
        if (!("failed" in late)) late.destroy("came too late");
      });
      if (result === null) giveUp.abort();
      return result ?? tooLate(server);
    },
    release: giveBack,
    stop() {
      stopped.abort();
      for (const { session, cancelTimer } of idle.splice(0)) {
        cancelTimer();
        session.quit();
      }
    },
  };
  return pool;
}

function tooLate(server: SmtpServer): SetupFailure {
  const cause = `${server.server}: no connection before the deadline`;
  return {
    failed: true,
    cause,
    permanent: false,
    server: server.server,
    phase: "connect",
    reply: null,
    capabilities: null,
  };
}
