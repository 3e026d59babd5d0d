import type { DataBlock } from "./issue.ts";

/** A picture as the mail refers to it: content-addressed, already resized. */
export interface ResolvedPicture {
  /** Absolute; made of `PUBLIC_URL` and the content's hash. */
  readonly url: string;
  /** CSS pixels as shown; at most `pictureWidthMax`. The file has up to twice as many. */
  readonly width: number;
  /** `null` for a remote picture whose size the issue does not tell: leave the attribute out. */
  readonly height: number | null;
  /** 0 for a remote picture. */
  readonly sizeBytes: number;
  readonly transparent: boolean;
  readonly format: "png" | "jpeg" | "gif" | "webp";
}

/** Width of the mail's column in CSS pixels: no picture is shown wider. */
export const pictureWidthMax = 600;

/** The pictures of one issue, resolved before it is compiled, so that compiling stays pure. */
export interface Pictures {
  /** By `Picture.src`. Every source of the issue is there: a missing file was an error before. */
  readonly bySource: ReadonlyMap<string, ResolvedPicture>;
  readonly charts: ReadonlyMap<DataBlock, ResolvedPicture>;
}
