import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout that this code stands in. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

export const templatesRoot = join(projectRoot, "templates");
export const issuesRoot = join(projectRoot, "issues");
export const workersRoot = join(projectRoot, "workers");
