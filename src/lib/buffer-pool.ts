import { assert } from "./assert.ts";

/*
 * Memory for finished mails, used again and again. A fresh 40 KB buffer costs more than filling it: its memory is in no
 * cache, and buffers outside of JavaScript's heap make the collector run. A block is lent to one user at a time.
 */
export interface BufferPool {
  /** A buffer of exactly this length, with anything in it. */
  take(length: number): Buffer;
  /** Gives a taken buffer back; nobody may touch it any more. One that is never given back is left to the collector. */
  give(buffer: Buffer): void;
}

/** Blocks are powers of two from here, so that mails of unlike length share them. */
const blockBytesMin = 16 * 1024;

/** What is longer is rare and is not kept. */
const blockBytesMax = 512 * 1024;

/** @param freeBytesMax memory that is kept while nobody uses it */
export function createBufferPool(freeBytesMax: number): BufferPool {
  const free = new Map<number, ArrayBuffer[]>();
  const lent = new WeakSet<ArrayBuffer>();
  let freeBytes = 0;
  return {
    take(length) {
      if (length > blockBytesMax) return Buffer.allocUnsafeSlow(length);
      const size = blockSize(length);
      let block = free.get(size)?.pop();
      if (block === undefined) block = Buffer.allocUnsafeSlow(size).buffer;
      else freeBytes -= size;
      lent.add(block);
      return Buffer.from(block, 0, length);
    },
    give(buffer) {
      const block = buffer.buffer as ArrayBuffer;
      if (block.byteLength > blockBytesMax) return;
      assert(lent.delete(block), "A buffer is given back once, by the one who took it.");
      if (freeBytes + block.byteLength > freeBytesMax) return;
      freeBytes += block.byteLength;
      const same = free.get(block.byteLength);
      // The last given is the first taken: it is the one in the processor's cache.
      if (same) same.push(block);
      else free.set(block.byteLength, [block]);
    },
  };
}

function blockSize(length: number): number {
  let size = blockBytesMin;
  while (size < length) size *= 2;
  return size;
}
