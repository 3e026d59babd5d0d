import type { Balance } from "../domain/ledger.ts";
import { formatCount } from "./output.ts";

const barWidth = 32;
/** A line of plain text this often where nobody watches a terminal. */
const plainEveryMs = 2_000;

export interface Progress {
  update(balance: Balance, nowMs: number): void;
  end(): void;
}

/** A bar with rate and time left on a terminal, plain lines elsewhere; both on stderr, so that answers stay clean. */
export function createProgress(stream: NodeJS.WriteStream, startedMs: number): Progress {
  let toldMs = Number.NEGATIVE_INFINITY;
  return {
    update(balance, nowMs) {
      const line = describeProgress(balance, (nowMs - startedMs) / 1000);
      if (stream.isTTY) stream.write(`\r\u001b[2K${line}`);
      else if (nowMs - toldMs >= plainEveryMs) {
        toldMs = nowMs;
        stream.write(`${line}\n`);
      }
    },
    end() {
      if (stream.isTTY) stream.write("\n");
    },
  };
}

/** `████░░░░  62 %  1,240 of 2,000  410/s  2 s left` */
export function describeProgress(balance: Balance, seconds: number): string {
  const done = balance.planned - balance.remaining;
  const share = balance.planned === 0 ? 1 : done / balance.planned;
  const filled = Math.floor(share * barWidth);
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? `${formatDuration(balance.remaining / rate)} left` : "";
  return [
    "█".repeat(filled) + "░".repeat(barWidth - filled),
    // Rounded down: 100 % only when nothing is left.
    `${String(Math.floor(share * 100)).padStart(3)} %`,
    `${formatCount(done)} of ${formatCount(balance.planned)}`,
    `${formatCount(Math.round(rate))}/s`,
    left,
  ]
    .join("  ")
    .trimEnd();
}

/** `45 s`, `12 min`, `3 h 20 min` */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
