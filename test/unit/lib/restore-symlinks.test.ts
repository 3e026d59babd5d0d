import { mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { restoreSymlinks } from "../../../src/lib/restore-symlinks.mjs";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

function makePackage(links: readonly { source: string; target: string }[]): string {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, "lib"));
  writeFileSync(join(folder, "lib", "libx.so.1.2"), "x");
  writeFileSync(join(folder, "links.json"), JSON.stringify(links));
  return folder;
}

test("makes the links that are missing, relative so that the folder can move, and none twice", () => {
  const folder = makePackage([
    { source: "lib/libx.so.1.2", target: "lib/libx.so.1" },
    { source: "lib/libx.so.1.2", target: "lib/libx.so" },
  ]);
  expect(restoreSymlinks(folder, "links.json")).toBe(2);
  expect(readlinkSync(join(folder, "lib", "libx.so"))).toBe("libx.so.1.2");
  expect(restoreSymlinks(folder, "links.json")).toBe(0);
});

test("makes no link out of its package", () => {
  const folder = makePackage([{ source: "lib/libx.so.1.2", target: "../escaped" }]);
  expect(() => restoreSymlinks(folder, "links.json")).toThrow(/leaves its package/);
});
