/** `npm run bench` runs every bench; `npm run bench -- NAME --json` runs one and answers with JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

const benches = ["stages", "throughput", "plan", "growth", "import", "catcher", "scale"] as const;

const flags = process.argv.slice(2);
const json = flags.includes("--json");
// A number is what a flag before it says.
const names = flags.filter((flag) => !flag.startsWith("--") && !/^\d+$/.test(flag));
const unknown = names.filter((name) => !(benches as readonly string[]).includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(", ")}; there are ${benches.join(", ")}.`);
  process.exit(2);
}

const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
for (const name of names.length > 0 ? names : benches) {
  const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<{ rows: readonly object[] }> };
  const result = await run();
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? "",
    node: process.version,
    at: new Date().toISOString(),
  };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ name, machine, ...result }, null, 2)}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ name, machine, ...result })}\n`);
  else {
    console.log(`\n${name}`);
    console.table(result.rows);
  }
}
