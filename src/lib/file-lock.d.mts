/** Names a process so that no later one shares the name. */
export function identifyProcess(pid: number): string;

/** Whether the very process that `identifyProcess` named still runs. A zombie does not. */
export function isProcessRunning(identity: string): boolean;

export interface FileLock {
  /** Gives the lock back; a second call does nothing. */
  release(): void;
}

/**
 * Waits until the lock is free and takes it; a killed holder loses it at once.
 * Throws an error with code `ELOCKED` when `waitMs` have passed. `onWait` is told once which process holds it.
 */
export function acquireFileLock(
  path: string,
  options: { readonly waitMs: number; readonly onWait?: (pid: number) => void },
): Promise<FileLock>;
