import type { TestProject } from "vitest/node";
import { startRedis } from "./redis-server.ts";
import { createRunFolder, removeAbandonedRunFolders, removeRunFolder } from "./run-folder.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** This run's folder; see run-folder.ts. */
    readonly runFolder: string;
    /** `redis://127.0.0.1:port`, or empty where there is no redis-server. */
    readonly redisUrl: string;
  }
}

/**
 * Once per run, before all test files. PostgreSQL is not started here but by the first file that wants a database, so that
 * a run of unit tests does not wait for it.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandonedRunFolders();
  const runFolder = createRunFolder();
  try {
    const redisUrl = await startRedis(runFolder);
    project.provide("runFolder", runFolder);
    project.provide("redisUrl", redisUrl ?? "");
  } catch (error) {
    await removeRunFolder(runFolder);
    throw error;
  }
  return () => removeRunFolder(runFolder);
}
