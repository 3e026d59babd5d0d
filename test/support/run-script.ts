/** Starts Node with a script, as real processes are, and waits for its words and its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";

export interface RunningScript {
  readonly child: ChildProcess;
  /** All that it has said so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match in its standard output; rejects with all it said when it ends without. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when it has ended and its pipes are closed. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs `node ARGS`. Killed with the test that started it. */
export function runScript(args: readonly string[], options: RunOptions = {}): RunningScript {
  const { env, ...others } = options;
  const child = spawn(process.execPath, [...args], {
    ...others,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  let look = () => {};
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    look();
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const waitFor = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      look = () => {
        const match = pattern.exec(stdout);
        if (match) resolve(match);
      };
      look();
      ended.then(
        () => reject(new Error(`The script ended without saying ${pattern}.\n${stdout}\n${stderr}`)),
        (error: unknown) => reject(error as Error),
      );
    });
  return { child, stdout: () => stdout, stderr: () => stderr, waitFor, ended };
}
