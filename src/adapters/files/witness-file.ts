import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The witness of schedules in the data folder: the highest generation of the database that this machine has seen. */
export interface Witness {
  /** `null` when it has seen none. */
  read(): Promise<number | null>;
  write(generation: number): Promise<void>;
}

/** @param installation the database's own id: a data folder may serve several databases in its life */
export function openWitnessFile(dataDir: string, installation: string): Witness {
  const file = join(dataDir, "witness", installation);
  return {
    async read() {
      try {
        const generation = Number(readFileSync(file, "utf8").trim());
        return Number.isSafeInteger(generation) ? generation : null;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
    },
    async write(generation) {
      mkdirSync(dirname(file), { recursive: true });
      // Whole or not at all: a half-written number would stand for another.
      writeFileSync(`${file}.${process.pid}`, `${generation}\n`);
      renameSync(`${file}.${process.pid}`, file);
    },
  };
}
