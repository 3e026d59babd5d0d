import { spawn, type ChildProcess } from "node:child_process";
import { childEnvironment } from "../app/config.ts";
import { processScript } from "../app/project.ts";
import { projectRoot } from "../lib/project-root.ts";

/** One worker that a drill keeps alive and kills. */
export interface DrillWorker {
  readonly name: "deliver" | "dispatch";
  /** The number under which a running deliver process claims; null until it has said so. */
  number(): number | null;
  /** kill -9; resolves when it is dead. It is started again at once. */
  kill(): Promise<void>;
}

export interface ProcessGroup {
  readonly workers: readonly DrillWorker[];
  /** Last words of the workers, for a drill that failed. */
  output(): string;
  stop(): Promise<void>;
}

/** Enough to see what a failed drill died of. */
const outputCharactersMax = 20_000;

/** Starts worker processes and starts each again whenever it ends, as `broadsheet up` and systemd do. */
export function startProcessGroup(
  names: readonly DrillWorker["name"][],
  environment: Readonly<Record<string, string>>,
): ProcessGroup {
  let stopping = false;
  let output = "";
  const children = new Set<ChildProcess>();
  const keepAlive = (name: DrillWorker["name"]): DrillWorker => {
    let child: ChildProcess;
    let number: number | null = null;
    const start = (): void => {
      number = null;
      child = spawn(process.execPath, [processScript, `workers/${name}`], {
        cwd: projectRoot,
        stdio: ["pipe", "ignore", "pipe"],
        env: childEnvironment({ ...environment, BROADSHEET_SUPERVISED: "1" }),
      });
      children.add(child);
      child.stderr?.on("data", (chunk: Buffer) => {
        const text = chunk.toString();
        output = (output + text).slice(-outputCharactersMax);
        const said = /"worker":(\d+).*"msg":"delivering"/.exec(text);
        if (said) number = Number(said[1]);
      });
      const ended = child;
      child.once("exit", () => {
        children.delete(ended);
        if (!stopping) start();
      });
    };
    start();
    const kill = (): Promise<void> =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      });
    return { name, number: () => number, kill };
  };
  const workers = names.map(keepAlive);
  return {
    workers,
    output: () => output,
    async stop() {
      stopping = true;
      await Promise.all(
        [...children].map(
          (child) =>
            new Promise<void>((resolve) => {
              child.once("exit", () => resolve());
              child.kill("SIGKILL");
            }),
        ),
      );
    },
  };
}
