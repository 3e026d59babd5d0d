/** A conversation with an SMTP server, line by line, for tests that care about each reply. */
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

export interface SmtpDialog {
  /** The first reply; `""` when the connection was closed instead. */
  readonly greeting: string;
  /** Writes one command line and waits for the whole reply; `""` when the connection was closed instead. */
  say(line: string): Promise<string>;
  /** Waits for the next reply without saying anything. */
  hear(): Promise<string>;
  /** MAIL, RCPT, DATA and the mail (dots are stuffed here); the reply to each, ending with the first that refuses. */
  mail(from: string, to: readonly string[], raw: string | Buffer): Promise<string[]>;
  /** STARTTLS, trusting `certificate` alone. */
  startTls(certificate: string): Promise<void>;
  close(): void;
}

/** Connects and hears the greeting; says EHLO unless told not to. */
export async function openSmtpDialog(port: number, options: { greet?: boolean } = {}): Promise<SmtpDialog> {
  let socket: Socket | TLSSocket = connect({ host: "127.0.0.1", port });
  let received = "";
  let isClosed = false;
  let wake = () => {};
  const attach = () => {
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("utf8");
      wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      isClosed = true;
      wake();
    });
  };
  attach();

  async function hear(): Promise<string> {
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/.exec(received);
      if (whole) {
        received = received.slice(whole[0].length);
        return whole[0].trimEnd();
      }
      if (isClosed) return "";
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const say = (line: string) => {
    if (!isClosed) socket.write(`${line}\r\n`);
    return hear();
  };

  const greeting = await hear();
  if (options.greet !== false) await say("EHLO client.example.com");
  return {
    greeting,
    say,
    hear,
    async mail(from, to, raw) {
      const replies = [await say(`MAIL FROM:<${from}>`)];
      for (const recipient of to) replies.push(await say(`RCPT TO:<${recipient}>`));
      if (!replies.slice(1).some((reply) => reply.startsWith("250"))) return replies;
      replies.push(await say("DATA"));
      if (!replies.at(-1)?.startsWith("354")) return replies;
      const text = (typeof raw === "string" ? Buffer.from(raw) : raw).toString("latin1").replace(/^\./gm, "..");
      socket.write(Buffer.from(text, "latin1"));
      replies.push(await say("."));
      return replies;
    },
    async startTls(certificate) {
      const reply = await say("STARTTLS");
      if (!reply.startsWith("220")) throw new Error(`STARTTLS was answered ${reply}`);
      socket.removeAllListeners("data");
      const secure = connectTls({ socket: socket as Socket, ca: certificate, servername: "localhost" });
      await new Promise<void>((resolve, reject) => secure.once("secureConnect", resolve).once("error", reject));
      socket = secure;
      attach();
    },
    close: () => socket.destroy(),
  };
}
