/** A worker as the product runs it: a process of its own, from workers/. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

export interface WorkerUnderTest {
  readonly process: ChildProcess;
  /** Everything it wrote to stderr so far. */
  output(): string;
  /** Sends the signal and waits for the end. @returns the exit code, or the signal's name */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export function startWorker(
  name: "dispatch" | "deliver" | "feedback",
  environment: Record<string, string>,
): WorkerUnderTest {
  const root = join(import.meta.dirname, "../..");
  const { DATABASE_URL: _d, REDIS_URL: _r, SMTP_URL: _s, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(root, "bin", "process.mjs"), `workers/${name}`], {
    cwd: root,
    env: { ...inherited, LOG_LEVEL: "info", SECRET_KEY: "a-secret-of-the-tests-that-is-long", ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
  return {
    process: child,
    output: () => output,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
