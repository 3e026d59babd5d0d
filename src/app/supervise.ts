import { spawn, type ChildProcess } from "node:child_process";
import { systemClock } from "../lib/clock.ts";
import { projectRoot } from "../lib/project-root.ts";
import { childEnvironment } from "./config.ts";
import type { Logger } from "./log.ts";
import { processScript } from "./project.ts";

export interface Supervised {
  /** Asks every child to end and waits; past the bound it is killed. A second call gets the same promise. */
  stop(): Promise<void>;
}

export interface WorkerProcess {
  /** A file in workers/, without its ending. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A child that dies at once each time is started again at this pace. */
const restartDelayMs = 1_000;

/** A child gets this long after SIGTERM; deliver processes drain for 25 s. */
const stopMs = 35_000;

/** Exit code of an unusable configuration: starting again would not help. */
const unusableCode = 2;

/**
 * Starts worker processes and keeps them running: one that dies is started again, since everything it held is in the ledger.
 * @param onUnusable told when a child ends because its configuration can't work
 */
export function superviseWorkers(
  workers: readonly WorkerProcess[],
  log: Logger,
  onUnusable: (name: string) => void,
): Supervised {
  const running = new Map<WorkerProcess, ChildProcess>();
  let stopping: Promise<void> | null = null;

  const start = (worker: WorkerProcess): void => {
    const child = spawn(process.execPath, [processScript, `workers/${worker.name}`], {
      cwd: projectRoot,
      // A worker ends when its parent does, however that ended: its stdin closes.
      stdio: ["pipe", "inherit", "inherit"],
      env: childEnvironment({ ...worker.environment, BROADSHEET_SUPERVISED: "1" }),
    });
    running.set(worker, child);
    child.once("exit", (code, signal) => {
      running.delete(worker);
      if (stopping) return;
      if (code === unusableCode) return onUnusable(worker.name);
      log.warn({ worker: worker.name, code, signal }, "a worker ended; starting it again");
      systemClock.after(restartDelayMs, () => {
        if (!stopping) start(worker);
      });
    });
  };
  for (const worker of workers) start(worker);

  return {
    stop() {
      stopping ??= Promise.all([...running.values()].map(stopChild)).then(() => undefined);
      return stopping;
    },
  };
}

function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const cancel = systemClock.after(stopMs, () => child.kill("SIGKILL"));
    child.once("exit", () => {
      cancel();
      resolve();
    });
    child.kill("SIGTERM");
  });
}
