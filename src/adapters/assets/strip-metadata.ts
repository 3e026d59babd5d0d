import { jpegSegments } from "./picture-header.ts";

/** Where and with what a picture was taken is nobody's business who reads a newsletter. */
export function stripMetadata(bytes: Buffer, format: "png" | "jpeg"): Buffer {
  return format === "png" ? stripPng(bytes) : stripJpeg(bytes);
}

/** The EXIF orientation, 1 to 8 (EXIF 2.32 section 4.6.5.1); 1 where none is told. */
export function readOrientation(bytes: Buffer): number {
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker !== 0xe1 || bytes.toString("latin1", start + 4, start + 10) !== "Exif\0\0") continue;
    const exif = bytes.subarray(start + 10, Math.min(end, bytes.length));
    if (exif.length < 14) return 1;
    const little = exif.toString("latin1", 0, 2) === "II";
    const short = (at: number): number =>
      at + 2 > exif.length ? 0 : little ? exif.readUInt16LE(at) : exif.readUInt16BE(at);
    const directory = little ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
    // A directory's entries are counted in 16 bits, so this is at most 65,535 steps.
    for (let entry = 0; entry < short(directory); entry++) {
      const at = directory + 2 + entry * 12;
      if (short(at) !== 0x0112) continue;
      const orientation = short(at + 8);
      return orientation >= 1 && orientation <= 8 ? orientation : 1;
    }
    return 1;
  }
  return 1;
}

const pngMetadata = new Set(["tEXt", "zTXt", "iTXt", "eXIf", "tIME"]);

function stripPng(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 8)];
  let start = 8;
  while (start + 12 <= bytes.length) {
    const end = start + 12 + bytes.readUInt32BE(start);
    const name = bytes.toString("latin1", start + 4, start + 8);
    if (!pngMetadata.has(name)) kept.push(bytes.subarray(start, end));
    start = end;
    if (name === "IEND") break;
  }
  return Buffer.concat(kept);
}

/** Keeps JFIF (APP0), the colour profile (APP2) and Adobe's colour transform (APP14). */
function stripJpeg(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let rest = 2;
  for (const { marker, start, end } of jpegSegments(bytes)) {
    const metadata = (marker >= 0xe0 && marker <= 0xef && ![0xe0, 0xe2, 0xee].includes(marker)) || marker === 0xfe;
    if (!metadata) kept.push(bytes.subarray(start, end));
    rest = end;
  }
  return Buffer.concat([...kept, bytes.subarray(rest)]);
}
