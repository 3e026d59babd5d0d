import { isSupervised } from "./config.ts";

/**
 * Two-stage shutdown: the first SIGINT or SIGTERM aborts the signal that work watches, the second ends the process at once.
 */
export interface Shutdown {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly requested: Promise<NodeJS.Signals>;
  /** Stops listening, for commands that end by themselves. */
  dispose(): void;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export function listenForShutdown(): Shutdown {
  const controller = new AbortController();
  let request: (signal: NodeJS.Signals) => void = () => undefined;
  const requested = new Promise<NodeJS.Signals>((resolve) => (request = resolve));
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(exitCodes[signal as keyof typeof exitCodes] ?? 1);
    controller.abort(signal);
    request(signal);
  };
  // Ctrl-C reaches the whole process group: a supervised worker leaves it to its parent, or it would be a second signal.
  const onInterrupt = isSupervised() ? (): void => undefined : onSignal;
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onSignal);
  // A supervised worker whose parent was killed has nobody to answer to: the pipe that the parent held closes.
  const onParentGone = (): void => onSignal("SIGTERM");
  if (isSupervised()) process.stdin.once("end", onParentGone).once("error", onParentGone).resume();
  return {
    signal: controller.signal,
    requested,
    dispose() {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onSignal);
      if (isSupervised()) process.stdin.destroy();
    },
  };
}
