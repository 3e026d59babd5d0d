/** What a picture file says of itself before anything is decoded, so that a small file can't claim a huge canvas. */
export interface PictureHeader {
  readonly format: "png" | "jpeg" | "gif" | "webp";
  /** Pixels as stored; a JPEG turned by its orientation is not turned here. */
  readonly width: number;
  readonly height: number;
}

/** Reads the header of PNG, JPEG, GIF or WebP; `null` for anything else or a file cut short. */
export function readPictureHeader(bytes: Buffer): PictureHeader | null {
  if (bytes.length < 26) return null;
  if (bytes.subarray(0, 8).equals(pngSignature) && bytes.toString("latin1", 12, 16) === "IHDR") {
    return { format: "png", width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  if (/^GIF8[79]a$/.test(bytes.toString("latin1", 0, 6))) {
    return { format: "gif", width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpegHeader(bytes);
  if (bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP")
    return readWebpHeader(bytes);
  return null;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Walks the segments to the first start of frame. */
function readJpegHeader(bytes: Buffer): PictureHeader | null {
  for (const { marker, start } of jpegSegments(bytes)) {
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame && start + 9 <= bytes.length) {
      return { format: "jpeg", height: bytes.readUInt16BE(start + 5), width: bytes.readUInt16BE(start + 7) };
    }
  }
  return null;
}

/** The segments before the picture's data: `start` is the marker's offset plus one byte of 0xff, `end` the next one's. */
export function* jpegSegments(bytes: Buffer): Generator<{ marker: number; start: number; end: number }> {
  let start = 2;
  while (start + 4 <= bytes.length && bytes[start] === 0xff) {
    const marker = bytes[start + 1] as number;
    if (marker === 0xff) {
      start++;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return;
    const end = start + 2 + bytes.readUInt16BE(start + 2);
    yield { marker, start, end };
    start = end;
  }
}

function readWebpHeader(bytes: Buffer): PictureHeader | null {
  if (bytes.length < 30) return null;
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8X":
      return { format: "webp", width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    case "VP8L": {
      const packed = bytes.readUInt32LE(21);
      return { format: "webp", width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return { format: "webp", width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    default:
      return null;
  }
}
