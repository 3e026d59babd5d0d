/**
 * The program as it runs: TypeScript compiled by esbuild into few files, which start in a third of the time that hundreds of
 * small ones need. A build is named by the paths, sizes and times of all its sources, so a stale one can't be met: whatever
 * changes a source asks for another build, which takes half a second, once.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const buildsFolder = join(root, ".broadsheet", "program");
const sourceFolders = ["src", "workers"];

/** What is started as a process, beside the command line. A name is a source's path without its ending. */
export const processNames = ["src/drill/sink-process", "workers/deliver", "workers/dispatch", "workers/feedback"];

const entries = ["src/cli/main", ...processNames];

/** A process loads some files late, so the builds of those that may still run are kept: at most these. */
const buildsMax = 10;

/**
 * Loads one of `entries`.
 * @returns what its module exports
 */
export async function loadProgram(entry) {
  // Stacks name the lines of the sources.
  process.setSourceMapsEnabled(true);
  const folder = join(buildsFolder, nameBuild());
  if (!existsSync(folder)) {
    try {
      await build(folder);
    } catch (error) {
      if (!["EACCES", "EPERM", "EROFS"].includes(error.code)) throw error;
      return loadSource(entry);
    }
  }
  return import(pathToFileURL(join(folder, `${entry}.js`)));
}

/** In a checkout that this user can't write to, and that nobody has started yet, it runs from the sources, slower. */
async function loadSource(entry) {
  const { register } = await import("tsx/esm/api");
  register({ tsconfig: join(root, "tsconfig.json") });
  return import(pathToFileURL(join(root, `${entry}.ts`)));
}

function nameBuild() {
  const hash = createHash("sha256");
  const own = statSync(fileURLToPath(import.meta.url));
  hash.update(`${own.mtimeMs} ${own.size}\n`);
  for (const folder of sourceFolders) addFolder(hash, join(root, folder), folder);
  return hash.digest("hex").slice(0, 32);
}

function addFolder(hash, path, name) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) addFolder(hash, inner, `${name}/${entry.name}`);
    else if (/\.[cm]?[jt]sx?$/.test(entry.name)) {
      const { mtimeMs, size } = statSync(inner);
      hash.update(`${name}/${entry.name} ${mtimeMs} ${size}\n`);
    }
  }
}

async function build(folder) {
  // Made beside its place and renamed, so that a build is there whole or not at all.
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const esbuild = await import("esbuild");
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: entries.map((entry) => `./${entry}.ts`),
      outdir: unfinished,
      outbase: ".",
      bundle: true,
      splitting: true,
      packages: "external",
      platform: "node",
      target: "node20",
      format: "esm",
      sourcemap: "linked",
      sourcesContent: false,
      chunkNames: "chunks/[name]-[hash]",
      logLevel: "error",
    });
    try {
      renameSync(unfinished, folder);
    } catch (error) {
      // Another process was as fast, with the same sources.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    }
    removeOld(folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function removeOld(newest) {
  const others = readdirSync(buildsFolder)
    .map((name) => join(buildsFolder, name))
    .filter((path) => path !== newest)
    .map((path) => ({ path, madeMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.madeMs - one.madeMs);
  for (const { path } of others.slice(buildsMax - 1)) rmSync(path, { recursive: true, force: true });
}
