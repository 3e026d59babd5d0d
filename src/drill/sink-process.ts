import { UnavailableError, messageOf } from "../lib/errors.ts";
import { startFaultSink, type FaultSinkOptions } from "./sink.ts";

/*
 * The sink as a process of its own, so that the drill's own load does not slow it and it outlives what is killed.
 * Started by start-sink-process.ts with the options as JSON; answers "counts" and "stop", and ends with its parent.
 */

/** What the process says to its parent. */
export type SinkMessage =
  | { readonly type: "ready"; readonly port: number }
  | { readonly type: "failed"; readonly cause: string }
  | { readonly type: "counts"; readonly counts: ReturnType<Awaited<ReturnType<typeof startFaultSink>>["counts"]> };

const say = (message: SinkMessage) => process.send?.(message);

try {
  const sink = await startFaultSink(JSON.parse(process.argv[3] ?? "{}") as FaultSinkOptions);
  const end = () => void sink.stop().then(() => process.exit(0));
  process.on("message", (question) => {
    if (question === "counts") say({ type: "counts", counts: sink.counts() });
    if (question === "stop") end();
  });
  process.on("disconnect", end);
  process.on("SIGTERM", end);
  // Ctrl-C reaches the whole group; the parent decides when the witness may go.
  process.on("SIGINT", () => {});
  say({ type: "ready", port: sink.port });
} catch (thrown) {
  say({ type: "failed", cause: messageOf(thrown) });
  process.exitCode = thrown instanceof UnavailableError ? 2 : 1;
  process.disconnect?.();
}
