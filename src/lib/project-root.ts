import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout that this code stands in: as a source, or as a compiled file some folders deeper. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** A file among the sources that is used as it stands, by its path from the checkout: a compiled program has no copy of it. */
export function readSource(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("no package.json above the program");
  return findRoot(parent);
}
