import { createCanvas } from "@napi-rs/canvas";

/** A picture whose left half is red and right half blue, so that turning and scaling can be seen. */
export function drawHalves(
  width: number,
  height: number,
  type: "image/png" | "image/jpeg" | "image/webp",
  alpha = 1,
): Buffer {
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext("2d");
  pen.globalAlpha = alpha;
  pen.fillStyle = "#ff0000";
  pen.fillRect(0, 0, Math.floor(width / 2), height);
  pen.fillStyle = "#0000ff";
  pen.fillRect(Math.floor(width / 2), 0, width - Math.floor(width / 2), height);
  return type === "image/png" ? canvas.toBuffer(type) : canvas.toBuffer(type, 90);
}

/** Puts an EXIF segment with this orientation, and a place name as cameras write it, behind a JPEG's first marker. */
export function withExif(jpeg: Buffer, orientation: number): Buffer {
  const tiff = Buffer.from("49492a0008000000010012010300010000000000000000000000", "hex");
  tiff.writeUInt16LE(orientation, 18);
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff, Buffer.from("GPS 52.5 N 13.4 E")]);
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, body, jpeg.subarray(2)]);
}

/** Puts a text chunk behind a PNG's header. Its checksum is left empty: readers skip what they don't know. */
export function withPngText(png: Buffer, text: string): Buffer {
  const chunk = Buffer.alloc(12 + text.length);
  chunk.writeUInt32BE(text.length, 0);
  chunk.write("tEXt", 4, "latin1");
  chunk.write(text, 8, "latin1");
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

/** The smallest animated GIF: two frames of one pixel, with the block that makes it loop. */
export const animatedGif = Buffer.from(
  "47494638396101000100800000ff00000000ff21ff0b4e45545343415045322e300301000000" +
    "21f90400640000002c000000000100010000020244010021f90400640000002c00000000010001000002024c01003b",
  "hex",
);
