import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { pause, systemClock } from "../lib/clock.ts";
import { messageOf, UnavailableError } from "../lib/errors.ts";
import { freePort } from "./free-port.ts";

/** A Redis of the drill's own, which may be killed, emptied and started again. */
export interface DrillRedis {
  readonly url: string;
  /** kill -9, then a new and empty server on the same port. */
  killAndRestart(): Promise<void>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const startMsMax = 10_000;
const probeEveryMs = 50;

/** Errors: `UnavailableError` `redis-missing` when there is no redis-server on the PATH. */
export async function startDrillRedis(folder: string): Promise<DrillRedis> {
  const port = await freePort();
  let server = await launch(port, folder);
  return {
    url: `redis://127.0.0.1:${port}`,
    async killAndRestart() {
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
      server = await launch(port, folder);
    },
    async flush() {
      await say(port, "FLUSHALL");
    },
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
    },
  };
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const settings = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no", "--dir", folder];
  const server = spawn("redis-server", [...settings, "--maxmemory-policy", "noeviction"], { stdio: "ignore" });
  const failed = new Promise<never>((_, reject) =>
    server.once("error", (error) =>
      reject(
        new UnavailableError(
          "redis-missing",
          `redis-server can't be started (${messageOf(error)}). Install it (Debian: apt-get install redis-server), or use --queue postgres.`,
        ),
      ),
    ),
  );
  await Promise.race([failed, waitForPing(port)]);
  return server;
}

async function waitForPing(port: number): Promise<void> {
  const startedMs = systemClock.monotonicMs();
  for (;;) {
    try {
      if ((await say(port, "PING")).startsWith("+PONG")) return;
    } catch (error) {
      if (systemClock.monotonicMs() - startedMs > startMsMax) throw error;
    }
    await pause(systemClock, probeEveryMs);
  }
}

/** One inline command (the Redis protocol allows them) and the first line of its answer. */
function say(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.setTimeout(startMsMax, () => socket.destroy(new Error("Redis does not answer")));
    socket.once("error", reject);
    socket.once("data", (answer) => {
      socket.end();
      resolve(answer.toString());
    });
  });
}
