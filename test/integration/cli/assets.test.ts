import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { compileIssue, createPictureReader } from "../../../src/app/compile-issue.ts";
import { sampleSender } from "../../../src/app/render-issue.ts";
import { runCommand } from "../../support/run-command.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

const issue = "issues/2024-05-new-in-may.yaml";
const publicUrl = "https://news.example.com";
let dataDir: string;
let out: string;
beforeEach(() => {
  dataDir = makeTemporaryFolder();
  out = join(makeTemporaryFolder(), "www", "assets");
  vi.stubEnv("PUBLIC_URL", publicUrl);
});

/** No database is needed for pictures, so none is there. */
const broadsheet = (...args: string[]) =>
  runCommand(["assets", "publish", ...args], { databaseUrl: "postgresql://127.0.0.1:1/none", dataDir });

it("copies every picture that an issue's mail shows, under the name by which the mail asks for it", async () => {
  const answer = await broadsheet(issue, "--out", out, "--json");
  expect(answer.code).toBe(0);
  const { digest } = await compileIssue(issue, sampleSender, { publicUrl, dataDir });
  const html = [...digest.variants.values()].map((variant) => variant.html.source.chunks.join("")).join("");
  const shown = new Set(html.match(/https:\/\/news\.example\.com\/assets\/[^"' )]+/g));
  expect(shown.size).toBeGreaterThan(1);
  const readPicture = createPictureReader({ publicUrl, dataDir });
  for (const url of shown) {
    const file = readFileSync(join(out, url.slice(`${publicUrl}/assets/`.length)));
    expect(file.equals((await readPicture(url))?.bytes as Buffer)).toBe(true);
  }
  expect(JSON.parse(answer.stdout)).toEqual({
    copied: readdirSync(out).length,
    present: 0,
    address: `${publicUrl}/assets/`,
  });
});

it("copies only what is new the next time, and leaves alone what else is there", async () => {
  await broadsheet(issue, "--out", out);
  const count = readdirSync(out).length;
  writeFileSync(join(out, "robots.txt"), "theirs");
  const again = await broadsheet("--out", out);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(`present  ${count}\n`) });
  expect(again.stdout).toContain("copied   0\n");
  expect(readFileSync(join(out, "robots.txt"), "utf8")).toBe("theirs");
});

it("says so when there is nothing yet, no folder to write to, or no such issue", async () => {
  expect(await broadsheet("--out", out)).toMatchObject({ code: 0, stderr: expect.stringContaining("no pictures yet") });
  const file = join(dataDir, "a-file");
  writeFileSync(file, "");
  expect(await broadsheet(issue, "--out", file)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("can't be written to"),
  });
  expect(await broadsheet(join(dataDir, "none.yaml"), "--out", out)).toMatchObject({ code: 2 });
  expect(await broadsheet(issue)).toMatchObject({ code: 2, stderr: expect.stringContaining("--out") });
});
