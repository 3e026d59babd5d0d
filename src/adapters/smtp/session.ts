import type { Socket } from "node:net";
import type { SmtpReply } from "../../domain/outcome.ts";
import { assert } from "../../lib/assert.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Capabilities } from "./capabilities.ts";
import { encryptionOf, type Encryption } from "./encryption.ts";
import { createReplyReader, formatReply } from "./reply.ts";

/**
 * A connection that has greeted, encrypted and authenticated itself, ready for messages. Replies are matched with
 * questions: one that nobody asked for breaks the session, so that it can never be taken for a later answer.
 */
export interface Session {
  readonly server: string;
  readonly capabilities: Capabilities;
  readonly encryption: Encryption | null;
  /** Why no further question can be asked, or `null`. */
  broken(): string | null;
  /** Messages begun so far. */
  readonly messages: number;
  countMessage(): void;
  /** A transaction was begun and not ended: RSET comes before the next one. */
  needsReset: boolean;
  /** Sends command lines, each with its CRLF, that `replies` replies will answer. */
  ask(lines: string, replies: number): void;
  /** Sends the body and the dot that ends it in one go; one reply answers. */
  askBody(parts: readonly Buffer[]): void;
  /** The next reply in order; `null` once the session is broken and none is left. */
  nextReply(): Promise<SmtpReply | null>;
  /** Drops the connection at once: what was not sent yet never will be. */
  destroy(cause: string): void;
  /** Says QUIT and closes, for a connection nobody uses. */
  quit(): void;
  /** Called once, when the session breaks. */
  onBroken(listener: () => void): void;
}

/** How long a server may take to answer QUIT before the socket is destroyed. */
const quitMs = 1_000;
const terminator = Buffer.from(".\r\n");

/** Takes over a socket on which nothing is under way and on which nobody else reads. */
export function createSession(socket: Socket, server: string, capabilities: Capabilities, clock: Clock): Session {
  const replies: SmtpReply[] = [];
  const listeners: (() => void)[] = [];
  let waiting: ((reply: SmtpReply | null) => void) | null = null;
  let expected = 0;
  let messages = 0;
  let cause: string | null = null;
  let quitting = false;

  const breakOff = (why: string) => {
    if (cause !== null) return;
    cause = why;
    socket.destroy();
    waiting?.(null);
    waiting = null;
    for (const listener of listeners.splice(0)) listener();
  };
  const take = (reply: SmtpReply) => {
    if (quitting || cause !== null) return;
    if (expected === 0) return breakOff(`${server} spoke out of turn: ${formatReply(reply)}`);
    expected -= 1;
    if (waiting) {
      const give = waiting;
      waiting = null;
      give(reply);
    } else {
      replies.push(reply);
    }
  };
  const reader = createReplyReader(take, breakOff);
  socket.setNoDelay(true);
  socket.on("data", (chunk: Buffer) => reader.push(chunk));
  socket.on("end", () => breakOff(`${server} closed the connection`));
  socket.on("error", (error: Error) => breakOff(`the connection to ${server} broke: ${error.message}`));
  socket.on("close", () => breakOff(`the connection to ${server} was lost`));

  return {
    server,
    capabilities,
    encryption: encryptionOf(socket),
    needsReset: false,
    broken: () => cause,
    get messages() {
      return messages;
    },
    countMessage() {
      messages += 1;
    },
    ask(lines, count) {
      if (cause !== null) return;
      expected += count;
      socket.write(lines, "utf8");
    },
    askBody(parts) {
      if (cause !== null) return;
      expected += 1;
      socket.cork();
      for (const part of parts) socket.write(part);
      socket.write(terminator);
      socket.uncork();
    },
    nextReply() {
      assert(waiting === null, "One conversation at a time reads the replies of a session.");
      const reply = replies.shift();
      if (reply) return Promise.resolve(reply);
      if (cause !== null) return Promise.resolve(null);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    destroy: breakOff,
    quit() {
      if (cause !== null || quitting) return;
      quitting = true;
      socket.end("QUIT\r\n");
      const cancel = clock.after(quitMs, () => socket.destroy());
      socket.once("close", cancel);
    },
    onBroken(listener) {
      if (cause === null) listeners.push(listener);
      else listener();
    },
  };
}
