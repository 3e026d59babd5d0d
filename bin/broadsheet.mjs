#!/usr/bin/env node
// TypeScript runs as it stands: tsx registers the loader, so there is no build whose output could be stale.
import { fileURLToPath } from "node:url";
import { register } from "tsx/esm/api";

// Our own settings, wherever it is started from: without them the pages' JSX would look for React.
register({ tsconfig: fileURLToPath(new URL("../tsconfig.json", import.meta.url)) });
// Whoever reads with `head` has seen enough: that is no failure.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
});
const { main } = await import("../src/cli/main.ts");
process.exitCode = await main(process.argv.slice(2));
