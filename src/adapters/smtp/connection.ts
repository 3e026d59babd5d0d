import type { Message } from "../../domain/message.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { Connection } from "../../domain/transport.ts";
import { assert } from "../../lib/assert.ts";
import type { Clock } from "../../lib/clock.ts";
import { converse } from "./conversation.ts";
import { objectionTo } from "./objection.ts";
import type { SetupFailure } from "./open-session.ts";
import type { ServerPool } from "./server-pool.ts";
import type { Session } from "./session.ts";

/** A session in use, and the pool it goes back to. */
export interface Lease {
  readonly pool: ServerPool;
  session: Session;
}

/** Finds a session at a server that could take this message, where the present one can't; `null`: no server could. */
export type FindAble = (message: Message, deadlineMs: number) => Promise<Lease | SetupFailure | null>;

const closingCode = 421;

export function createConnection(lease: Lease, findAble: FindAble, clock: Clock): Connection {
  let isSending = false;
  let isReleased = false;

  const sendOn = async (at: Lease, message: Message, deadlineMs: number, mayBegin: () => boolean): Promise<Outcome> => {
    const isKept = at.session.messages > 0;
    const outcome = await converseBefore(at, message, deadlineMs, mayBegin, clock);
    if (!isKept || !isStale(outcome)) return outcome;
    const fresh = await at.pool.replace(at.session, deadlineMs);
    if ("failed" in fresh) return deferredBy(fresh);
    at.session = fresh;
    return converseBefore(at, message, deadlineMs, mayBegin, clock);
  };

  const send = async (message: Message, deadlineMs: number, mayBegin: () => boolean): Promise<Outcome> => {
    const { server, capabilities } = lease.session;
    const reply = objectionTo(message, server, capabilities);
    if (!reply) return sendOn(lease, message, deadlineMs, mayBegin);
    const able = await findAble(message, deadlineMs);
    if (able === null) return { type: "refused", phase: "mail", reply, server };
    if ("failed" in able) return deferredBy(able);
    try {
      return await sendOn(able, message, deadlineMs, mayBegin);
    } finally {
      able.pool.release(able.session);
    }
  };

  return {
    get server() {
      return lease.session.server;
    },
    get supportsSmtpUtf8() {
      return lease.session.capabilities.smtpUtf8;
    },
    async send(message, deadlineMs, mayBegin) {
      assert(!isReleased && !isSending, "A connection sends one message at a time, and none once it was given back.");
      isSending = true;
      try {
        return await send(message, deadlineMs, mayBegin);
      } finally {
        isSending = false;
      }
    },
    release() {
      assert(!isReleased && !isSending, "A connection is given back once, with no message under way.");
      isReleased = true;
      lease.pool.release(lease.session);
    },
  };
}

/**
 * A server may close a connection that waited, or have had enough of it, at any time: that is no word about this mail.
 * So one new connection is tried, and what it says counts. Nothing but MAIL FROM had been sent, whoever asks.
 */
function isStale(outcome: Outcome): boolean {
  if (outcome.type !== "deferred" || outcome.phase !== "mail") return false;
  return outcome.reply === null || outcome.reply.code === closingCode;
}

function deferredBy(failure: SetupFailure): Outcome {
  const { phase, reply, cause, server } = failure;
  return { type: "deferred", phase, reply, cause, server };
}

/**
 * Bounds the whole conversation: when the deadline passes the socket is destroyed, however fast the server drips. A
 * reply that already lies in the socket still counts: the loop reads once more before the knife falls.
 */
async function converseBefore(
  { pool, session }: Lease,
  message: Message,
  deadlineMs: number,
  mayBegin: () => boolean,
  clock: Clock,
): Promise<Outcome> {
  const remainingMs = deadlineMs - clock.monotonicMs();
  if (remainingMs <= 0) {
    const cause = "the deadline had passed before MAIL FROM";
    return { type: "deferred", phase: "mail", reply: null, cause, server: session.server };
  }
  const cancel = clock.after(remainingMs, () => {
    setImmediate(() => session.destroy(`${session.server} did not finish before the deadline`));
  });
  try {
    return await converse(session, message, pool.server.dsn, mayBegin);
  } catch (bug) {
    session.destroy("a bug ended the conversation");
    throw bug;
  } finally {
    cancel();
  }
}
