/** A command of the command line in this process: what it prints, and its exit code. */
import { Readable } from "node:stream";
import { vi } from "vitest";
import { main } from "../../src/cli/main.ts";

export interface CommandAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The installation that the commands of a test work on. */
export interface CommandSetting {
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** Not set without it. */
  readonly smtpUrl?: string;
  /** What stands on standard input. */
  readonly input?: string;
}

/** Runs `broadsheet ARGS` as on a pipe, not a terminal. */
export async function runCommand(args: readonly string[], setting: CommandSetting): Promise<CommandAnswer> {
  vi.stubEnv("DATABASE_URL", setting.databaseUrl);
  vi.stubEnv("DATA_DIR", setting.dataDir);
  vi.stubEnv("REDIS_URL", "");
  vi.stubEnv("SMTP_URL", setting.smtpUrl ?? "");
  const said = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation(((chunk: string | Uint8Array, ...rest: unknown[]) => {
      said[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      const done = rest.find((part) => typeof part === "function") as (() => void) | undefined;
      done?.();
      return true;
    }) as typeof process.stdout.write),
  );
  if (setting.input !== undefined) {
    const stream = Readable.from([Buffer.from(setting.input)]) as unknown as typeof process.stdin;
    spies.push(vi.spyOn(process, "stdin", "get").mockReturnValue(stream) as unknown as (typeof spies)[number]);
  }
  try {
    return { code: await main(args), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
