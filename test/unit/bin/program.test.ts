import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runScript } from "../../support/run-script.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../../..");

/** A checkout whose command line says one word. */
function makeCheckout(word: string): string {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, "bin"));
  for (const file of ["broadsheet.mjs", "process.mjs", "program.mjs"])
    cpSync(join(root, "bin", file), join(folder, "bin", file));
  cpSync(join(root, "tsconfig.json"), join(folder, "tsconfig.json"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const entry of ["src/drill/sink-process", "workers/deliver", "workers/dispatch", "workers/feedback"])
    write(folder, `${entry}.ts`, `process.stdout.write(${JSON.stringify(entry)});\n`);
  writeMain(folder, word);
  return folder;
}

function write(folder: string, file: string, text: string): void {
  mkdirSync(join(folder, file, ".."), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function writeMain(folder: string, word: string): void {
  write(folder, "src/word.ts", `export const word: string = ${JSON.stringify(word)};\n`);
  write(
    folder,
    "src/cli/main.ts",
    'import { word } from "../word.ts";\nexport function main(): number {\n  process.stdout.write(word);\n  return 0;\n}\n',
  );
}

async function run(folder: string, args: readonly string[] = ["bin/broadsheet.mjs"], user?: number) {
  const owner = user === undefined ? {} : { uid: user, gid: user };
  const script = runScript(args, { cwd: folder, ...owner });
  const { code } = await script.ended;
  return { code, stdout: script.stdout(), stderr: script.stderr() };
}

const builds = (folder: string) => readdirSync(join(folder, ".broadsheet/program"));

test("a changed source is what runs next, and unchanged ones are compiled once", async () => {
  const folder = makeCheckout("first");
  expect(await run(folder)).toEqual({ code: 0, stdout: "first", stderr: "" });
  expect(await run(folder)).toEqual({ code: 0, stdout: "first", stderr: "" });
  expect(builds(folder)).toHaveLength(1);
  writeMain(folder, "second");
  expect(await run(folder)).toEqual({ code: 0, stdout: "second", stderr: "" });
  expect(builds(folder)).toHaveLength(2);
});

test("two that start at once from nothing both run", async () => {
  const folder = makeCheckout("at once");
  const both = await Promise.all([run(folder), run(folder)]);
  expect(both.map(({ stdout, stderr }) => stdout + stderr)).toEqual(["at once", "at once"]);
  expect(builds(folder)).toHaveLength(1);
});

test("at most ten builds are kept", async () => {
  const folder = makeCheckout("kept");
  for (let index = 0; index < 15; index += 1)
    mkdirSync(join(folder, ".broadsheet/program", `old-${index}`), { recursive: true });
  await run(folder);
  expect(builds(folder)).toHaveLength(10);
});

test("a fault names the line of its source", async () => {
  const folder = makeCheckout("fault");
  write(
    folder,
    "src/cli/main.ts",
    'interface Nothing {}\n\nexport function main(): Nothing {\n  throw new Error("no");\n}\n',
  );
  const { code, stderr } = await run(folder);
  expect(code).toBe(1);
  expect(stderr).toContain("src/cli/main.ts:4:");
});

test("a worker is started by its name, and another name is refused with those that there are", async () => {
  const folder = makeCheckout("worker");
  expect(await run(folder, ["bin/process.mjs", "workers/deliver"])).toMatchObject({
    code: 0,
    stdout: "workers/deliver",
  });
  const refused = await run(folder, ["bin/process.mjs", "../main"]);
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("workers/deliver, workers/dispatch, workers/feedback");
});

test("a checkout that may only be read runs from its sources", async () => {
  const folder = makeCheckout("read only");
  chmodSync(folder, 0o555);
  try {
    // Root may write everywhere.
    const user = process.getuid?.() === 0 ? 65_534 : undefined;
    expect(await run(folder, ["bin/broadsheet.mjs"], user)).toEqual({ code: 0, stdout: "read only", stderr: "" });
  } finally {
    chmodSync(folder, 0o755);
  }
});
