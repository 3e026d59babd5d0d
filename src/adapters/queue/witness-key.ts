import { Redis } from "ioredis";

const connectTimeoutMs = 5_000;

/** The witness of schedules in Redis: all machines of an installation share it. An emptied Redis has seen nothing. */
export interface WitnessKey {
  read(): Promise<number | null>;
  write(generation: number): Promise<void>;
  stop(): void;
}

export function openWitnessKey(redisUrl: string, prefix: string, installation: string): WitnessKey {
  const key = `${prefix}-witness:${installation}`;
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 1,
  });
  redis.on("error", () => undefined);
  return {
    async read() {
      const written = await redis.get(key);
      return written === null ? null : Number(written);
    },
    async write(generation) {
      await redis.set(key, String(generation));
    },
    stop: () => redis.disconnect(),
  };
}
