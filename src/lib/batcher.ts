import type { Clock } from "./clock.ts";
import { assert } from "./assert.ts";

export interface BatcherOptions {
  readonly clock: Clock;
  /** How long the first item of a batch waits for company. */
  readonly delayMs: number;
  readonly sizeMax: number;
  /** Batches under way at once; further items wait and travel together. */
  readonly concurrency: number;
}

/**
 * Gathers single calls into batches. `run` answers one entry an item, in order; when it throws, every item of that batch
 * gets the error.
 */
export function createBatcher<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  options: BatcherOptions,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (reason: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let cancelTimer: (() => void) | null = null;
  let underWay = 0;

  const flush = (): void => {
    cancelTimer?.();
    cancelTimer = null;
    while (waiting.length > 0 && underWay < options.concurrency) {
      const batch = waiting.slice(0, options.sizeMax);
      waiting = waiting.slice(options.sizeMax);
      underWay += 1;
      void send(batch);
    }
  };

  const send = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await run(batch.map((entry) => entry.item));
      assert(answers.length === batch.length, "a batch answers every item");
      batch.forEach((entry, index) => entry.resolve(answers[index] as Answer));
    } catch (error) {
      batch.forEach((entry) => entry.reject(error));
    } finally {
      underWay -= 1;
      // What came meanwhile has waited long enough.
      if (waiting.length > 0) flush();
    }
  };

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length >= options.sizeMax) flush();
      else cancelTimer ??= options.clock.after(options.delayMs, flush);
    });
}
