import { spawn } from "node:child_process";

export interface SpamScore {
  readonly score: number;
  readonly required: number;
  readonly tests: readonly string[];
}

/** It loads some hundred rules first. */
const scoreMsMax = 60_000;
const outputBytesMax = 4 * 1024 * 1024;

/** What the local SpamAssassin says of a mail, without asking the network; `null` where it is not installed or does not answer. */
export function scoreMail(bytes: Buffer): Promise<SpamScore | null> {
  return new Promise((resolve) => {
    const child = spawn("spamassassin", ["--local", "--test-mode"], {
      stdio: ["pipe", "pipe", "ignore"],
      timeout: scoreMsMax,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= outputBytesMax) chunks.push(chunk);
    });
    child.once("error", () => resolve(null));
    child.once("close", () => resolve(readScore(Buffer.concat(chunks).toString("latin1"))));
    // It may end before it has read all.
    child.stdin.on("error", () => undefined);
    child.stdin.end(bytes);
  });
}

function readScore(output: string): SpamScore | null {
  const field = /^X-Spam-Status:((?:.*\r?\n[ \t])*.*)/im.exec(output)?.[1]?.replace(/\r?\n[ \t]+/g, " ");
  const score = /score=(-?[\d.]+)/.exec(field ?? "")?.[1];
  if (field === undefined || score === undefined) return null;
  const tests =
    /tests=([A-Z0-9_, ]*)/
      .exec(field)?.[1]
      ?.split(/[\s,]+/)
      .filter((test) => test !== "") ?? [];
  return { score: Number(score), required: Number(/required=([\d.]+)/.exec(field)?.[1] ?? 5), tests };
}
