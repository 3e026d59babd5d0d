#!/usr/bin/env node
// TypeScript runs as it stands: tsx registers the loader, so there is no build whose output could be stale.
import { register } from "tsx/esm/api";

register();
const { main } = await import("../src/cli/main.ts");
process.exitCode = await main(process.argv.slice(2));
