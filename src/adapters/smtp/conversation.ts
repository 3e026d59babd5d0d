import type { Message } from "../../domain/message.ts";
import type { Outcome, SmtpPhase } from "../../domain/outcome.ts";
import { bodyParts } from "./body-parts.ts";
import { envelopeCommands } from "./commands.ts";
import { isGood, judgeReply, type MessagePhase } from "./judge-reply.ts";
import { formatReply } from "./reply.ts";
import type { Session } from "./session.ts";

/** Ends an empty message (RFC 2920 section 3.1). */
const emptyBody = ".\r\n";
const closingCode = 421;

/**
 * Speaks about one message: MAIL, RCPT, DATA, body. The rules, in this order: a reply that came decides; without one,
 * the message is `uncertain` once its body was handed over, else `deferred`. With PIPELINING the three commands leave
 * together, which saves two round trips (RFC 2920); their replies are still judged one by one, in order.
 * The session is left ready for the next message, or destroyed.
 */
export async function converse(
  session: Session,
  message: Message,
  dsn: boolean,
  mayBegin: () => boolean,
): Promise<Outcome> {
  const { server } = session;
  const { mail, rcpt } = envelopeCommands(message, session.capabilities, dsn);
  const commands: Record<Exclude<MessagePhase, "dot">, string> = { mail, rcpt, data: "DATA\r\n" };
  const { pipelining } = session.capabilities;
  const isFollowUp = session.needsReset;
  session.countMessage();

  const deferred = (phase: SmtpPhase, cause: string): Outcome => ({
    type: "deferred",
    phase,
    reply: null,
    cause,
    server,
  });
  const lost = (phase: SmtpPhase): Outcome => deferred(phase, session.broken() ?? `${server} did not answer`);

  if (pipelining) session.ask(`${isFollowUp ? reset : ""}${mail}${rcpt}${commands.data}`, isFollowUp ? 4 : 3);
  if (isFollowUp) {
    if (!pipelining) session.ask(reset, 1);
    const reply = await session.nextReply();
    if (!reply) return lost("mail");
    if (Math.floor(reply.code / 100) !== 2) {
      session.destroy(`${server} refused RSET: ${formatReply(reply)}`);
      return lost("mail");
    }
    session.needsReset = false;
  }

  let verdict: Outcome | null = null;
  let mailTaken = false;
  for (const phase of ["mail", "rcpt", "data"] as const) {
    if (!pipelining) session.ask(commands[phase], 1);
    const reply = await session.nextReply();
    if (!reply) return verdict ?? lost(phase);
    if (reply.code === closingCode) session.destroy(`${server} is closing: ${formatReply(reply)}`);
    const good = isGood(phase, reply);
    if (!good) verdict ??= judgeReply(phase, reply, server);
    if (good && phase === "mail") mailTaken = true;
    if (!verdict) continue;
    if (phase === "data" && good) await endUnwantedBody(session, mailTaken);
    if (!pipelining || session.broken() !== null) break;
  }
  if (verdict) {
    // A transaction that was begun and not ended would make the next MAIL FROM out of order.
    session.needsReset = mailTaken;
    return verdict;
  }

  const begins = mayBegin();
  // Replies that came before their question have broken the session by now: no early 250 can be taken for the body's.
  if (session.broken() !== null) return lost("data");
  if (!begins) {
    session.destroy("let go just before the body");
    return deferred("data", "let go just before the body: nothing of it was sent");
  }
  session.askBody(bodyParts(message.bytes));
  const reply = await session.nextReply();
  if (!reply)
    return { type: "uncertain", cause: `${session.broken() ?? "no answer"} after the body had begun`, server };
  if (reply.code === closingCode) session.destroy(`${server} is closing: ${formatReply(reply)}`);
  if (isGood("dot", reply)) return { type: "accepted", reply, server };
  const outcome = judgeReply("dot", reply, server);
  if (outcome.type === "uncertain") session.destroy(outcome.cause);
  return outcome;
}

const reset = "RSET\r\n";

/**
 * A server that refused the recipient and still says 354 waits for a body. With the sender taken, an empty one ends the
 * transaction: there is nobody it could go to. A server that refused the sender as well can't be trusted with one.
 */
async function endUnwantedBody(session: Session, mailTaken: boolean): Promise<void> {
  if (!mailTaken) return session.destroy("the server wants a body for a message it refused");
  session.ask(emptyBody, 1);
  await session.nextReply();
}
