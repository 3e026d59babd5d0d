import { type Clock, systemClock } from "../../lib/clock.ts";

/** A reader who takes nothing for so long is gone; the connection behind the pieces is needed elsewhere. */
export const stallMsMax = 300_000;

/**
 * What a generator gives as the body of an answer, no faster than it is read. The generator is ended with its last piece, when
 * whoever reads goes away, and when they stop reading without a word.
 */
export function streamPieces(pieces: AsyncGenerator<string>, clock: Clock = systemClock): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let cancelStall = () => {};
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      cancelStall();
      const { done, value } = await pieces.next();
      if (done) return controller.close();
      controller.enqueue(encoder.encode(value));
      cancelStall = clock.after(stallMsMax, () => {
        controller.error(new Error("Nobody reads the answer any more."));
        void pieces.return(undefined);
      });
    },
    async cancel() {
      cancelStall();
      await pieces.return(undefined);
    },
  });
}
