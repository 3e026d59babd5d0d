import { Redis } from "ioredis";
import { inject } from "vitest";

/**
 * The URL of this run's own Redis, or undefined where there is none (the run has said so, loudly, once):
 * `const redisUrl = findRedis()`, then `describe.skipIf(!redisUrl)`. Files share it: name queues with a prefix of their own.
 */
export function findRedis(): string | undefined {
  return inject("redisUrl") || undefined;
}

/** Erases everything of one prefix (`prefix:*`): what a test file does with its own keys, or to imitate a lost queue. */
export async function eraseRedisKeys(redisUrl: string, prefix: string): Promise<number> {
  const redis = new Redis(redisUrl);
  let erased = 0;
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }) as AsyncIterable<string[]>) {
      if (keys.length > 0) erased += await redis.unlink(...keys);
    }
    return erased;
  } finally {
    redis.disconnect();
  }
}
