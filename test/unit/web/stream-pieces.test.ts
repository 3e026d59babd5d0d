import { describe, expect, it } from "vitest";
import { stallMsMax, streamPieces } from "../../../src/web/console/stream-pieces.ts";
import { createHandClock } from "../../support/hand-clock.ts";

/** @returns the pieces, and whether whoever makes them was told to stop */
function createPieces(count: number): { readonly pieces: AsyncGenerator<string>; readonly seen: { ended: boolean } } {
  const seen = { ended: false };
  async function* give(): AsyncGenerator<string> {
    try {
      for (let number = 1; number <= count; number += 1) yield `piece ${number}\n`;
    } finally {
      seen.ended = true;
    }
  }
  return { pieces: give(), seen };
}

describe("an answer in pieces", () => {
  it("is whole, and ends what makes it", async () => {
    const { pieces, seen } = createPieces(3);
    expect(await new Response(streamPieces(pieces)).text()).toBe("piece 1\npiece 2\npiece 3\n");
    expect(seen.ended).toBe(true);
  });

  it("ends what makes it when whoever reads goes away", async () => {
    const { pieces, seen } = createPieces(1_000);
    const reader = streamPieces(pieces).getReader();
    await reader.read();
    await reader.cancel();
    expect(seen.ended).toBe(true);
  });

  it("ends what makes it when whoever reads stops without a word", async () => {
    const clock = createHandClock();
    const { pieces, seen } = createPieces(1_000);
    const reader = streamPieces(pieces, clock).getReader();
    await reader.read();
    // The next piece lies ready and nobody takes it.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(stallMsMax);
    await expect(reader.closed).rejects.toThrow("Nobody reads");
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.ended).toBe(true);
  });
});
