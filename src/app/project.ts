import { join } from "node:path";
import { projectRoot } from "../lib/project-root.ts";

export const templatesRoot = join(projectRoot, "templates");
export const issuesRoot = join(projectRoot, "issues");

/** What starts a process of the program besides this one; see bin/program.mjs. */
export const processScript = join(projectRoot, "bin", "process.mjs");
