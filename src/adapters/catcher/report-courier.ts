/**
 * Carries reports back to where the sender listens for them. One at a time, each within a time-out, in a bounded queue:
 * a developer's machine that does not listen must not fill the catcher's memory.
 */
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { pause, systemClock } from "../../lib/clock.ts";
import { messageOf } from "../../lib/errors.ts";

export interface ReturnAddress {
  readonly host: string;
  readonly port: number;
  /** How long the first report waits for a listener that may still be starting; not at all without it. */
  readonly patienceMs?: number;
}

export interface ReportCourier {
  send(to: string, raw: Buffer): void;
  counts(): { readonly sent: number; readonly failed: number; readonly waiting: number; readonly lastFailure: string };
  stop(): Promise<void>;
}

const queueMax = 1_000;
const timeoutMs = 10_000;
const retryMs = 250;

/** @param onFailed gets every report that nobody took */
export function createReportCourier(
  returnTo: ReturnAddress,
  onFailed: (to: string, raw: Buffer) => void,
): ReportCourier {
  const queue: { to: string; raw: Buffer }[] = [];
  const stopped = new AbortController();
  let working: Promise<void> | undefined;
  let sent = 0;
  let failed = 0;
  let lastFailure = "";

  function fail(to: string, raw: Buffer, why: string): void {
    failed += 1;
    lastFailure = why;
    onFailed(to, raw);
  }

  /** Who listens will be told of everything at once; who did not come in time is not waited for again. */
  let patientUntilMs = returnTo.patienceMs === undefined ? 0 : systemClock.monotonicMs() + returnTo.patienceMs;

  async function deliverPatiently(to: string, raw: Buffer): Promise<void> {
    for (;;)
      try {
        await deliver(returnTo, to, raw, stopped.signal);
        patientUntilMs = 0;
        return;
      } catch (error) {
        if (stopped.signal.aborted || systemClock.monotonicMs() >= patientUntilMs) throw error;
        await pause(systemClock, retryMs, stopped.signal);
      }
  }

  async function work(): Promise<void> {
    for (let next = queue.shift(); next && !stopped.signal.aborted; next = queue.shift()) {
      try {
        await deliverPatiently(next.to, next.raw);
        sent += 1;
      } catch (error) {
        fail(next.to, next.raw, `${returnTo.host}:${returnTo.port}: ${messageOf(error)}`);
      }
    }
    working = undefined;
  }

  return {
    send(to, raw) {
      if (stopped.signal.aborted) return fail(to, raw, "the catcher is stopping");
      if (queue.length >= queueMax) return fail(to, raw, `more than ${queueMax} reports wait`);
      queue.push({ to, raw });
      working ??= work();
    },
    counts: () => ({ sent, failed, waiting: queue.length, lastFailure }),
    async stop() {
      stopped.abort();
      queue.length = 0;
      await working;
    },
  };
}

/** One conversation in the simplest SMTP there is (RFC 5321 appendix D.1), from the null sender. */
async function deliver(returnTo: ReturnAddress, to: string, raw: Buffer, stopped: AbortSignal): Promise<void> {
  const socket = connect({ host: returnTo.host, port: returnTo.port });
  const timeout = AbortSignal.any([AbortSignal.timeout(timeoutMs), stopped]);
  const abort = () => socket.destroy(new Error(stopped.aborted ? "stopped" : `no answer within ${timeoutMs} ms`));
  timeout.addEventListener("abort", abort, { once: true });
  const isAscii = /^[\x20-\x7e]*$/.test(to);
  const steps = [
    ["220", "EHLO catcher.broadsheet.localhost\r\n"],
    ["250", `MAIL FROM:<>${isAscii ? "" : " SMTPUTF8"}\r\n`],
    ["250", `RCPT TO:<${to}>\r\n`],
    ["250", "DATA\r\n"],
    ["354", Buffer.concat([stuffDots(raw), Buffer.from(".\r\n")])],
    ["250", "QUIT\r\n"],
  ] as const;
  try {
    const replies = finalLines(socket);
    for (const [expected, command] of steps) {
      const { value: reply, done } = await replies.next();
      if (done) throw new Error("the connection was closed");
      if (!reply.startsWith(expected)) throw new Error(`it answered ${reply.slice(0, 200)}`);
      socket.write(command);
    }
  } finally {
    timeout.removeEventListener("abort", abort);
    socket.destroy();
  }
}

async function* finalLines(socket: ReturnType<typeof connect>): AsyncGenerator<string, undefined> {
  const failure = new Promise<never>((_resolve, reject) => socket.once("error", reject));
  failure.catch(() => {}); // it is looked at only while a reply is awaited
  const lines = createInterface({ input: socket, crlfDelay: Infinity })[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await Promise.race([lines.next(), failure]);
    if (done) return undefined;
    if (/^\d{3}(?:$| )/.test(value)) yield value;
  }
}

/** RFC 5321 section 4.5.2; the mail ends with a line end afterwards. */
function stuffDots(raw: Buffer): Buffer {
  const text = raw.toString("latin1").replace(/^\./gm, "..");
  return Buffer.from(text.endsWith("\r\n") ? text : `${text}\r\n`, "latin1");
}
