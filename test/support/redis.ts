import { inject } from "vitest";

/**
 * The URL of this run's own Redis, or undefined where there is none (the run has said so, loudly, once):
 * `const redisUrl = findRedis()`, then `describe.skipIf(!redisUrl)`. Files share it: name queues with a prefix of their own.
 */
export function findRedis(): string | undefined {
  return inject("redisUrl") || undefined;
}
