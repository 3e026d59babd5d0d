import { fork } from "node:child_process";
import { once } from "node:events";
import { processScript } from "../app/project.ts";
import { UnavailableError } from "../lib/errors.ts";
import type { SinkMessage } from "./sink-process.ts";
import type { FaultSinkOptions, SinkCounts } from "./sink.ts";

export interface SinkProcess {
  readonly port: number;
  readonly pid: number;
  counts(): Promise<SinkCounts>;
  /** Ends it in good order. A second call gets the same promise. */
  stop(): Promise<void>;
}

/** What `fork` can carry over: no callbacks, no clock. */
export type SinkProcessOptions = Omit<FaultSinkOptions, "onMessage" | "clock">;

/**
 * Starts the sink in a process of its own.
 * @throws UnavailableError when it does not start, with its reason
 */
export async function startSinkProcess(options: SinkProcessOptions): Promise<SinkProcess> {
  const child = fork(processScript, ["src/drill/sink-process", JSON.stringify(options)], {
    // Not what this process was started with, a test runner's flags say.
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const waiting: ((counts: SinkCounts) => void)[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    const fail = (cause: string) => reject(new UnavailableError("sink-start", `the SMTP sink did not start: ${cause}`));
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`its process ended with ${code}`));
    child.on("message", (message: SinkMessage) => {
      if (message.type === "ready") resolve(message.port);
      else if (message.type === "failed") fail(message.cause);
      else waiting.shift()?.(message.counts);
    });
  });
  let stopping: Promise<void> | null = null;
  return {
    port,
    pid: child.pid as number,
    counts() {
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        child.send("counts", (error) => error && reject(error));
      });
    },
    stop() {
      stopping ??= (async () => {
        if (child.connected) child.send("stop");
        await exited;
      })();
      return stopping;
    },
  };
}
