import pino, { type Logger } from "pino";
import type { Config } from "./config.ts";

export type { Logger };

/**
 * Lines of JSON on stderr: stdout belongs to a command's answer. Addresses and secrets are not logged; deliveries are named
 * by their ids.
 */
export function createLogger(config: Pick<Config, "logLevel">, name: string): Logger {
  return pino({ name, level: config.logLevel, base: { pid: process.pid } }, pino.destination({ fd: 2, sync: true }));
}
