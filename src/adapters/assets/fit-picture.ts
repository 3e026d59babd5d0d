import { createCanvas, loadImage, type Image } from "@napi-rs/canvas";
import { pictureWidthMax, type ResolvedPicture } from "../../domain/pictures.ts";
import { messageOf } from "../../lib/errors.ts";
import { readPictureHeader, type PictureHeader } from "./picture-header.ts";
import { readOrientation, stripMetadata } from "./strip-metadata.ts";

/** Larger than what cameras write; bounds memory. */
export const sourceSizeBytesMax = 30 * 1024 * 1024;
/** 50 megapixels decode to 200 MB. */
const pixelCountMax = 50_000_000;
/** Sharp on every screen, and no mail gets heavier than that needs. */
const density = 2;
/** Animated pictures pass through as they are, so they have to be small. */
const gifSizeBytesMax = 2 * 1024 * 1024;
/** Above it artefacts are hard to see, and files grow quickly. */
const jpegQuality = 82;

/** Raise it when the same source would give other bytes: what was kept from before is then made anew. */
export const fitVersion = 1;

/** A picture as it is shown, not yet stored. */
export interface FittedPicture extends Omit<ResolvedPicture, "url" | "height"> {
  readonly height: number;
  readonly bytes: Buffer;
}

/**
 * Brings a picture to the size in which it is shown. JPEG stays JPEG and PNG stays PNG; WebP, which Outlook for Windows
 * doesn't show, becomes one of them; GIF passes through. Metadata is dropped.
 * @returns or, as a sentence's end, why it can't be used
 */
export async function fitPicture(source: Buffer): Promise<FittedPicture | { readonly problem: string }> {
  const size = `${Math.ceil(source.length / 1024 / 1024)} MB`;
  if (source.length > sourceSizeBytesMax)
    return { problem: `has ${size}; at most ${sourceSizeBytesMax / 1024 / 1024} MB` };
  const header = readPictureHeader(source);
  if (!header) return { problem: "is not a PNG, JPEG, GIF or WebP picture that can be read: save it as PNG or JPEG" };
  if (header.width === 0 || header.height === 0) return { problem: "is damaged: it says that it has no pixels" };
  if (header.width * header.height > pixelCountMax) {
    return { problem: `has ${header.width} x ${header.height} pixels; at most 50 million: save it smaller` };
  }
  if (header.format === "gif" && source.length > gifSizeBytesMax) {
    return {
      problem: `is a GIF of ${size}; GIFs are sent as they are, so at most ${gifSizeBytesMax / 1024 / 1024} MB`,
    };
  }
  let image: Image;
  try {
    image = await loadImage(source);
  } catch (thrown) {
    return { problem: `is damaged: ${messageOf(thrown)}` };
  }
  return header.format === "gif" ? passThrough(source, header) : redraw(source, header, image);
}

function passThrough(bytes: Buffer, { width, height }: PictureHeader): FittedPicture {
  return { bytes, format: "gif", ...shownSize(width, height), sizeBytes: bytes.length, transparent: false };
}

function redraw(source: Buffer, header: PictureHeader, image: Image): FittedPicture {
  // The decoder has already turned the picture as its orientation says.
  const { width, height } = image;
  const scale = Math.min(1, (pictureWidthMax * density) / width);
  const pixels = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const canvas = createCanvas(pixels.width, pixels.height);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, pixels.width, pixels.height);
  const opaque = header.format === "jpeg" || isOpaque(pen.getImageData(0, 0, pixels.width, pixels.height).data);
  const format = header.format === "jpeg" || (header.format === "webp" && opaque) ? "jpeg" : "png";
  const unturned = header.format !== "jpeg" || readOrientation(source) === 1;
  const bytes =
    scale === 1 && format === header.format && unturned
      ? stripMetadata(source, format)
      : format === "png"
        ? canvas.toBuffer("image/png")
        : canvas.toBuffer("image/jpeg", jpegQuality);
  return { bytes, format, ...shownSize(width, height), sizeBytes: bytes.length, transparent: !opaque };
}

function shownSize(width: number, height: number): { readonly width: number; readonly height: number } {
  const shown = Math.min(width, pictureWidthMax);
  return { width: shown, height: Math.max(1, Math.round((height * shown) / width)) };
}

function isOpaque(pixels: Uint8ClampedArray): boolean {
  for (let alpha = 3; alpha < pixels.length; alpha += 4) if (pixels[alpha] !== 255) return false;
  return true;
}
