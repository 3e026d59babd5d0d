/** One process of the program besides the command line: `node bin/process.mjs workers/deliver`. */
import { loadProgram, processNames } from "./program.mjs";

const name = process.argv[2] ?? "";
if (processNames.includes(name)) {
  await loadProgram(name);
} else {
  process.stderr.write(`node bin/process.mjs NAME, where NAME is one of: ${processNames.join(", ")}.\n`);
  process.exitCode = 2;
}
