import type { Socket } from "node:net";
import type { Clock } from "../lib/clock.ts";
import { createBodyScanner, type BodyScanner } from "./body-scanner.ts";
import { faultTable, leavesDoubt, type FaultKind, type FaultStage } from "./fault-plan.ts";
import type { FaultEntry, SinkEntry } from "./sink-log.ts";
import { createSinkVoice } from "./sink-voice.ts";

/** What the conversations of one sink share. */
export interface SinkContext {
  readonly clock: Clock;
  /** EHLO keywords. */
  readonly extensions: readonly string[];
  /** 0 for no limit. */
  readonly sizeBytesMax: number;
  readonly silenceMs: number;
  readonly dripMs: number;
  readonly keep: { readonly bytes: boolean; readonly hash: boolean };
  /** Counts an attempt of this sender or recipient, from 1. */
  countAttempt(kind: "sender" | "recipient", address: string): number;
  throwFor(stage: FaultStage, key: string, attempt: number): FaultKind | null;
  /** What this recipient's server always answers, or `null`. */
  replyTo(recipient: string): string | null;
  /** Whether the recipient's domain has had its messages of this second. */
  isAboveLimit(recipient: string): boolean;
  log(entry: SinkEntry, written: () => void): void;
  bodyBegan(): void;
  bodyEnded(): void;
  took(message: { readonly sender: string; readonly recipient: string; readonly bytes: Buffer | null }): void;
}

/** RFC 5321 section 4.5.3.1.4 gives a command line 512 octets; its extensions add some. */
const commandCharactersMax = 4_096;
/** A client that pipelines beyond this while it is to wait is let go. */
const waitingChunksMax = 1_000;

interface Transaction {
  readonly sender: string;
  recipient: string;
  attempt: number;
}

/** Commands come as bytes in a latin1 string, since the same buffer may hold a body; their addresses may be UTF-8. */
function decodeLine(bytes: string): string {
  // oxlint-disable-next-line no-control-regex -- tells ASCII from the rest
  return /^[\u0000-\u007f]*$/.test(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/** Talks with one client; where no fault strikes, every reply is the plain right one. */
export function serveSink(socket: Socket, connection: number, context: SinkContext): void {
  const voice = createSinkVoice(socket, context);
  const { reply } = voice;
  const waiting: Buffer[] = [];
  let buffered = "";
  let transaction: Transaction | null = null;
  let body: BodyScanner | null = null;

  const endBody = () => {
    if (body) context.bodyEnded();
    body = null;
  };
  const note = (fault: FaultEntry["fault"], key: string, attempt: number, inDoubt: boolean) => {
    const at = context.clock.now().toISOString();
    context.log({ event: "fault", fault, key, attempt, at, leavesDoubt: inDoubt }, () => {});
  };
  const strike = (kind: FaultKind, key: string, attempt: number, goOn: () => void = () => {}) => {
    const fault = faultTable[kind];
    note(kind, key, attempt, leavesDoubt(fault));
    voice.suffer(fault, () => {
      goOn();
      resume();
    });
  };

  const takeMail = (line: string) => {
    const sender = /^MAIL FROM:\s*<([^>]*)>/i.exec(line)?.[1];
    if (sender === undefined) return reply("501 5.5.4 syntax: MAIL FROM:<address>");
    if (transaction) return reply("503 5.5.1 nested MAIL command");
    const size = Number(/ SIZE=(\d+)/i.exec(line)?.[1] ?? 0);
    if (context.sizeBytesMax > 0 && size > context.sizeBytesMax) return reply("552 5.3.4 message too big");
    const attempt = context.countAttempt("sender", sender);
    const kind = context.throwFor("mail", sender, attempt);
    if (kind) return strike(kind, sender, attempt);
    transaction = { sender, recipient: "", attempt: 0 };
    return reply("250 2.1.0 ok");
  };
  const takeRcpt = (line: string) => {
    const recipient = /^RCPT TO:\s*<([^>]+)>/i.exec(line)?.[1];
    if (!transaction) return reply("503 5.5.1 MAIL first");
    if (recipient === undefined) return reply("501 5.1.3 syntax: RCPT TO:<address>");
    if (transaction.recipient !== "") return reply("452 4.5.3 one recipient at a time");
    const attempt = context.countAttempt("recipient", recipient);
    const always = context.replyTo(recipient);
    if (always !== null) return reply(always);
    if (context.isAboveLimit(recipient)) {
      note("domain-limit", recipient, attempt, false);
      reply("421 4.7.28 too much mail for this domain, slow down");
      return voice.hangUp();
    }
    const accept = () => Object.assign(transaction ?? {}, { recipient, attempt });
    const kind = context.throwFor("rcpt", recipient, attempt);
    if (kind) return strike(kind, recipient, attempt, accept);
    accept();
    return reply("250 2.1.5 ok");
  };
  const takeData = () => {
    if (!transaction) return reply("503 5.5.1 MAIL first");
    if (transaction.recipient === "") return reply("554 5.5.1 no valid recipients");
    const kind = context.throwFor("data", transaction.recipient, transaction.attempt);
    if (kind) return strike(kind, transaction.recipient, transaction.attempt);
    body = createBodyScanner(context.keep);
    context.bodyBegan();
    return reply("354 go ahead");
  };
  const commands: Readonly<Record<string, (line: string) => void>> = {
    EHLO: () => {
      const lines = ["sink.example", ...context.extensions];
      for (const [index, line] of lines.entries()) reply(`250${index === lines.length - 1 ? " " : "-"}${line}`);
    },
    HELO: () => reply("250 sink.example"),
    NOOP: () => reply("250 2.0.0 ok"),
    MAIL: takeMail,
    RCPT: takeRcpt,
    DATA: takeData,
    RSET: () => {
      transaction = null;
      reply("250 2.0.0 ok");
    },
    QUIT: () => {
      reply("221 2.0.0 bye");
      voice.hangUp();
    },
  };

  /** Takes the message, or not, and lets what the dice say come instead of the answer. */
  const finishBody = (scanner: BodyScanner, { sender, recipient, attempt }: Transaction) => {
    transaction = null;
    const kind = context.throwFor("dot", recipient, attempt);
    if (kind && !faultTable[kind].accepts) {
      endBody();
      return strike(kind, recipient, attempt);
    }
    const [messageId, bytes, sha256] = [scanner.messageId(), scanner.bytes(), scanner.sha256()];
    const at = context.clock.now().toISOString();
    voice.setDeaf(true);
    context.log(
      { event: "accepted", recipient, sender, messageId, attempt, bytes, sha256, at, then: kind ?? "replied" },
      () => {
        voice.setDeaf(false);
        endBody();
        context.took({ sender, recipient, bytes: scanner.message() });
        if (kind) strike(kind, recipient, attempt);
        else reply("250 2.0.0 ok: taken");
        resume();
      },
    );
  };
  const takeBody = (scanner: BodyScanner, chunk: Buffer) => {
    const current = transaction as Transaction;
    const kind = scanner.bytes() === 0 ? context.throwFor("body", current.recipient, current.attempt) : null;
    if (kind) {
      endBody();
      return strike(kind, current.recipient, current.attempt);
    }
    const end = scanner.push(chunk);
    if (end === -1) return;
    if (end < chunk.length) waiting.unshift(chunk.subarray(end));
    finishBody(scanner, current);
  };
  const takeLines = () => {
    let start = 0;
    for (
      let end = buffered.indexOf("\n");
      end !== -1 && !voice.isDeaf() && !body;
      end = buffered.indexOf("\n", start)
    ) {
      const line = decodeLine(buffered.slice(start, buffered[end - 1] === "\r" ? end - 1 : end));
      start = end + 1;
      const take = commands[line.slice(0, 4).toUpperCase()];
      if (take) take(line);
      else reply("502 5.5.2 command not known");
    }
    buffered = buffered.slice(start);
    if (body && buffered !== "") {
      waiting.unshift(Buffer.from(buffered, "latin1"));
      buffered = "";
    }
    if (buffered.length > commandCharactersMax || waiting.length > waitingChunksMax) voice.hangUp();
  };
  const resume = () => {
    if (buffered !== "") takeLines();
    while (!voice.isDeaf() && waiting.length > 0) {
      const chunk = waiting.shift() as Buffer;
      if (body) {
        takeBody(body, chunk);
      } else {
        buffered += chunk.toString("latin1");
        takeLines();
      }
    }
    voice.flush();
  };

  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.on("close", () => {
    voice.setDeaf(true);
    endBody();
  });
  socket.on("data", (chunk: Buffer) => {
    waiting.push(chunk);
    resume();
  });
  const kind = context.throwFor("greeting", `connection ${connection}`, 1);
  if (kind) strike(kind, `connection ${connection}`, 1);
  else reply("220 sink.example ESMTP");
  voice.flush();
}
