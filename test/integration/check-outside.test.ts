import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { checkIssues, type CheckOptions } from "../../src/app/check-issues.ts";
import { readConfig } from "../../src/app/config.ts";
import { createSeededRandom } from "../../src/lib/random.ts";
import { requireProgram } from "../support/require-program.ts";
import { writeIssue } from "../support/sound-issue.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";

const chromium = requireProgram("chromium");
const spamassassin = requireProgram("spamassassin");

/** An issue in a folder of its own, with the picture that it names. */
function saveIssue(text: string): { file: string; folder: string } {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, "issues"));
  cpSync("templates/digest/sample.png", join(folder, "issues", "ship.jpg"));
  const file = join(folder, "issues", "2026-12-harbour.yaml");
  writeFileSync(file, text);
  return { file, folder };
}

async function check(text: string, options: CheckOptions, environment: Record<string, string> = {}) {
  const { file, folder } = saveIssue(text);
  const config = readConfig({ DATA_DIR: join(folder, "data"), ...environment });
  const { findings, notes } = await checkIssues([file], config, options);
  return { notes, findings: findings.map(({ rule, place, message }) => ({ rule, line: place.line, message })) };
}

it("--online finds the dead links among those that answer, each at its line", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(request.url?.startsWith("/dead") ? 404 : 200).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const seed of [1, 2, 3, 4]) {
    const random = createSeededRandom(seed);
    const lines = writeIssue(random)
      .replaceAll(/https:\/\/\w+\.example\.net/g, origin)
      .split("\n");
    const candidates = lines.flatMap((line, index) => (line.includes(origin) ? [index] : []));
    const chosen = candidates[Math.floor(random.next() * candidates.length)] as number;
    lines[chosen] = (lines[chosen] as string).replace(`${origin}/`, `${origin}/dead/`);
    const { findings } = await check(lines.join("\n"), { online: true, probe: { isAllowed: () => true } });
    expect(
      findings.filter(({ rule }) => rule.startsWith("link-") && rule !== "link-insecure"),
      `seed ${seed}`,
    ).toMatchObject([{ rule: "link-dead", line: chosen + 1, message: expect.stringContaining("404") }]);
  }
  expect(asked).toContain("/ship");
});

it("--spam says so where SpamAssassin isn't installed", async () => {
  vi.stubEnv("PATH", makeTemporaryFolder());
  const { findings } = await check(writeIssue(createSeededRandom(1)), { spam: true });
  expect(findings).toMatchObject([{ rule: "spam-score", message: expect.stringContaining("not installed") }]);
});

it.skipIf(!spamassassin)("--spam tells the score of a mail that SpamAssassin takes for spam", async () => {
  // The text that every filter knows for this: GTUBE.
  const gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
  const text = writeIssue(createSeededRandom(1)).replace("It is the largest", `It is the largest \`${gtube}\``);
  const { findings } = await check(text, { spam: true });
  expect(findings).toMatchObject([{ rule: "spam-score", message: expect.stringContaining("GTUBE") }]);
});

it("--axe says in one line how to get a Chromium where there is none", async () => {
  const { findings, notes } = await check(
    writeIssue(createSeededRandom(1)),
    { axe: true },
    { CHROMIUM_PATH: "/nowhere/chromium" },
  );
  expect(findings).toEqual([]);
  expect(notes).toEqual([expect.stringMatching(/^axe was not asked\. .*\/nowhere\/chromium/)]);
});

it.skipIf(!chromium)(
  "--axe finds what a template draws too pale in the dark alone, at the line of its words",
  async () => {
    const templatesRoot = join(makeTemporaryFolder(), "templates");
    cpSync("templates", templatesRoot, { recursive: true });
    const text = writeIssue(createSeededRandom(1));
    expect(await check(text, { axe: true, templatesRoot })).toEqual({ findings: [], notes: [] });
    const style = join(templatesRoot, "shared", "style-dark.css.hbs");
    writeFileSync(style, `${readFileSync(style, "utf8")}\nh1 { color: #333333 !important; }\n`);
    const { findings } = await check(text, { axe: true, templatesRoot });
    const line = text.split("\n").indexOf("title: The harbour") + 1;
    expect(findings).toMatchObject([{ rule: "axe", line, message: expect.stringContaining("In the dark: ") }]);
    expect(findings[0]?.message).toContain("(color-contrast)");
  },
);
