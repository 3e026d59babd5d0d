#!/usr/bin/env node
import { loadProgram } from "./program.mjs";

// Whoever reads with `head` has seen enough: that is no failure.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
});
const { main } = await loadProgram("src/cli/main");
process.exitCode = await main(process.argv.slice(2));
