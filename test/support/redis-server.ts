import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { Redis } from "ioredis";
import { identifyProcess } from "../../src/lib/file-lock.mjs";
import { findProgram } from "./programs.ts";
import { processFile } from "./run-folder.ts";

const startMsMax = 15_000;
/** Another process may take the port between our look and the server's bind. */
const startsMax = 5;

/** Starts the run's own Redis on a free port and returns its URL; undefined where there is no redis-server. */
export async function startRedis(runFolder: string): Promise<string | undefined> {
  const program = findProgram("redis-server", runFolder);
  if (!program) return undefined;
  let said = "";
  for (let start = 1; start <= startsMax; start += 1) {
    const port = await findFreePort();
    // Nothing on disk: the queue is disposable. noeviction is what BullMQ asks for.
    const args = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"];
    const child = spawn(
      program,
      [...args, "--maxmemory-policy", "noeviction", "--dir", runFolder, "--databases", "64"],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    child.stdout.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
    const ended = new Promise<false>((resolve) => child.once("close", () => resolve(false)));
    if (child.pid) writeFileSync(processFile(runFolder, "redis"), identifyProcess(child.pid));
    const url = `redis://127.0.0.1:${port}`;
    if (await Promise.race([ended, answersPing(url)])) {
      child.unref();
      return url;
    }
    child.kill("SIGKILL");
  }
  throw new Error(`redis-server did not start: ${said.trim()}`);
}

async function answersPing(url: string): Promise<boolean> {
  const deadline = performance.now() + startMsMax;
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => (performance.now() < deadline ? 20 : null),
  });
  // Refused connections are what the retries are for.
  redis.on("error", () => {});
  try {
    return (await redis.ping()) === "PONG";
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
