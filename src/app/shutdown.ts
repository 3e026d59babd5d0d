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
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    requested,
    dispose() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
