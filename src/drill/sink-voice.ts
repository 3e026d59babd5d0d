import type { Socket } from "node:net";
import type { Clock } from "../lib/clock.ts";
import type { Fault } from "./fault-plan.ts";

/** What the sink says on one connection, and how it stops saying it. */
export interface SinkVoice {
  /** Adds a line to what the next flush sends. */
  reply(line: string): void;
  flush(): void;
  /** Whether the client is not listened to for now: what it sends waits. */
  isDeaf(): boolean;
  setDeaf(deaf: boolean): void;
  /** Sends what is left to say and closes. */
  hangUp(): void;
  /** Does what the fault says; `goOn` is called where the conversation then goes on as if nothing had been. */
  suffer(fault: Fault, goOn: () => void): void;
}

export function createSinkVoice(
  socket: Socket,
  times: { readonly clock: Clock; readonly silenceMs: number; readonly dripMs: number },
): SinkVoice {
  let unsent = "";
  let deaf = false;

  const after = (delayMs: number, callback: () => void) => {
    const cancel = times.clock.after(delayMs, () => {
      socket.off("close", cancel);
      callback();
    });
    socket.once("close", cancel);
  };
  const flush = () => {
    if (unsent !== "" && socket.writable) socket.write(unsent, "latin1");
    unsent = "";
  };
  const reply = (line: string) => {
    unsent += `${line}\r\n`;
  };
  const hangUp = () => {
    deaf = true;
    flush();
    socket.destroySoon();
  };
  const drip = (text: string, goOn: () => void) => {
    if (!socket.writable) return;
    if (text === "") {
      deaf = false;
      return goOn();
    }
    socket.write(text.slice(0, 1));
    after(times.dripMs, () => drip(text.slice(1), goOn));
  };

  return {
    reply,
    flush,
    isDeaf: () => deaf,
    setDeaf(value) {
      deaf = value;
    },
    hangUp,
    suffer(fault, goOn) {
      const line = fault.reply ?? "";
      switch (fault.action) {
        case "refuse":
          return reply(line);
        case "close":
          reply(line);
          return hangUp();
        case "drop":
          return hangUp();
        case "cut":
          unsent += line.slice(0, 2);
          return hangUp();
        case "silence":
          deaf = true;
          flush();
          // What still comes is read and forgotten, or a long body would fill the memory.
          socket.removeAllListeners("data").resume();
          return after(times.silenceMs, () => socket.destroy());
        case "drip":
          deaf = true;
          flush();
          return drip(`${line}\r\n`, goOn);
      }
    },
  };
}
