import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResolvedPicture } from "../../domain/pictures.ts";
import { readPictureHeader } from "./picture-header.ts";

/** Under which path of `PUBLIC_URL` assets are served. */
export const assetPath = "/assets/";

/** 128 bits: as unguessable as unrepeatable, and short in a mail. */
const hashLength = 32;

export interface StoredAsset {
  /** The first 32 hexadecimal digits of the content's SHA-256. */
  readonly hash: string;
  /** The file's name in the folder and the last part of its address: hash and ending. */
  readonly name: string;
  readonly url: string;
}

/** Pictures by their content: the same bytes have one name for ever, so a sent mail's pictures never change. */
export interface AssetStore {
  readonly dir: string;
  /** Writes the bytes unless they are there. @throws when they are no PNG, JPEG, GIF or WebP */
  put(bytes: Buffer): Promise<StoredAsset>;
  /** The address of an asset's name. */
  urlOf(name: string): string;
  /** The bytes and their type, for a server; `null` for a name that is not one of an asset's or not there. */
  read(name: string): Promise<{ readonly bytes: Buffer; readonly contentType: string } | null>;
  /** What was once worked out for a source under this key; `null` when it was not, or its file is gone. */
  recall(key: string): Promise<RememberedPicture | null>;
  remember(key: string, picture: RememberedPicture): Promise<void>;
}

export type RememberedPicture = Omit<ResolvedPicture, "url"> & { readonly name: string };

/** @param options `publicUrl` the base of all links, with or without a slash at its end */
export function createAssetStore(options: { readonly dir: string; readonly publicUrl: string }): AssetStore {
  const { dir } = options;
  const base = options.publicUrl.replace(/\/+$/, "") + assetPath;
  const notes = join(dir, "sources");
  return {
    dir,
    urlOf: (name) => base + name,
    async put(bytes) {
      const format = readPictureHeader(bytes)?.format;
      if (!format) throw new TypeError("Only pictures are kept as assets");
      const hash = hashOf(bytes);
      const name = `${hash}.${endings[format]}`;
      if ((await sizeOf(join(dir, name))) !== bytes.length) await writeWhole(dir, name, bytes);
      return { hash, name, url: base + name };
    },
    async read(name) {
      const ending = assetName.exec(name)?.[1];
      if (!ending) return null;
      const bytes = await readFile(join(dir, name)).catch(nullWhenMissing);
      return bytes && { bytes, contentType: contentTypes[ending] as string };
    },
    async recall(key) {
      const note = await readFile(join(notes, `${key}.json`), "utf8").catch(nullWhenMissing);
      const picture = note === null ? null : readNote(note);
      return picture && (await sizeOf(join(dir, picture.name))) === picture.sizeBytes ? picture : null;
    },
    async remember(key, picture) {
      await writeWhole(notes, `${key}.json`, Buffer.from(JSON.stringify(picture)));
    },
  };
}

/**
 * Copies all assets that `folder` lacks, such as a bucket's mount or a web server's root. Names are contents, so it can be
 * repeated, and nothing there is ever changed or removed.
 */
export async function publishAssets(store: AssetStore, folder: string): Promise<{ copied: number; present: number }> {
  const names = (await readdir(store.dir).catch(nullWhenMissing)) ?? [];
  await mkdir(folder, { recursive: true });
  let copied = 0;
  let present = 0;
  for (const name of names.toSorted()) {
    if (!assetName.test(name)) continue;
    const [source, target] = [join(store.dir, name), join(folder, name)];
    if ((await sizeOf(source)) === (await sizeOf(target))) {
      present++;
      continue;
    }
    const temporary = temporaryName(folder, name);
    try {
      await copyFile(source, temporary);
      await rename(temporary, target);
    } catch (thrown) {
      await unlink(temporary).catch(nullWhenMissing);
      throw thrown;
    }
    copied++;
  }
  return { copied, present };
}

/** Names a content. */
export function hashOf(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, hashLength);
}

const endings = { png: "png", jpeg: "jpg", gif: "gif", webp: "webp" } as const;
const contentTypes: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};
const assetName = /^[0-9a-f]{32}\.(png|jpg|gif|webp)$/;

/** Readers see the whole file or none: several processes may write the same name at once, with the same bytes. */
async function writeWhole(folder: string, name: string, bytes: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporary = temporaryName(folder, name);
  try {
    await writeFile(temporary, bytes, { flush: true });
    await rename(temporary, join(folder, name));
  } catch (thrown) {
    await unlink(temporary).catch(nullWhenMissing);
    throw thrown;
  }
}

let temporaryCount = 0;

function temporaryName(folder: string, name: string): string {
  return join(folder, `.${name}.${process.pid}.${temporaryCount++}.part`);
}

async function sizeOf(file: string): Promise<number | null> {
  const found = await stat(file).catch(nullWhenMissing);
  return found && found.size;
}

/** A note is our own, but a disk may have lost its end. */
function readNote(note: string): RememberedPicture | null {
  try {
    const picture = JSON.parse(note) as RememberedPicture;
    return assetName.test(picture.name) && picture.width > 0 ? picture : null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof TypeError) return null;
    throw thrown;
  }
}

function nullWhenMissing(thrown: unknown): null {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return null;
  throw thrown;
}
