import { watch, type FSWatcher } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Folders watched below the given ones; a project has dozens, a mistaken root has thousands. */
const foldersMax = 500;
/** Editors write a file in several steps; what comes within this time is one change. */
const settleMs = 8;

export interface FolderWatch {
  stop(): void;
}

/**
 * Calls back shortly after anything below the folders was written, made, renamed or removed. Each folder is watched by
 * itself, which sees files that editors replace (a watch on the file would follow the old one).
 */
export async function watchFolders(roots: readonly string[], onChange: () => void): Promise<FolderWatch> {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function follow(folder: string): Promise<void> {
    if (isStopped || watchers.has(folder) || watchers.size >= foldersMax) return;
    try {
      const watcher = watch(folder, { persistent: false }, (event) => {
        // A name that appeared may be a folder's.
        if (event === "rename") void follow(folder).then(() => followInner(folder));
        clearTimeout(timer);
        timer = setTimeout(onChange, settleMs);
      });
      // A folder that is removed ends its watch.
      watcher.on("error", () => drop(folder));
      watchers.set(folder, watcher);
    } catch {
      return; // gone before it could be watched
    }
    await followInner(folder);
  }

  async function followInner(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
      drop(folder);
      return [];
    });
    for (const entry of entries)
      if (entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
        await follow(join(folder, entry.name));
  }

  function drop(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  for (const root of new Set(roots)) await follow(root);
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
