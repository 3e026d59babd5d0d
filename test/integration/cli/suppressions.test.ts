import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eraseSubscriber } from "../../../src/adapters/postgres/erase-subscriber.ts";
import { addSuppressions, listSuppressions, readSuppressionLog } from "../../../src/adapters/postgres/suppressions.ts";
import { loadErasureKeys } from "../../../src/app/secret.ts";
import { type Address, parseAddress } from "../../../src/domain/address.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runCommand } from "../../support/run-command.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  dataDir = makeTemporaryFolder();
  await database.pool.query("DELETE FROM suppressions");
});

const broadsheet = (args: readonly string[], input?: string) =>
  runCommand(["suppressions", ...args], {
    databaseUrl: database.url,
    dataDir,
    ...(input === undefined ? {} : { input }),
  });

const standing = async (): Promise<string[]> =>
  (await listSuppressions(database.pool, { limit: 100 })).map(
    ({ key, reason, source }) => `${key} ${reason} ${source}`,
  );

describe("add", () => {
  it("bars an address or a domain, with the operator's words", async () => {
    expect(await broadsheet(["add", "Ada@Example.com", "--reason", "asked by phone"])).toMatchObject({
      code: 0,
      stdout: "ada@example.com gets no more mail.\n",
    });
    expect(await broadsheet(["add", "@bücher.example", "--reason", "closed"])).toMatchObject({ code: 0 });
    expect(await standing()).toEqual([
      "@xn--bcher-kva.example manual command line: closed",
      "ada@example.com manual command line: asked by phone",
    ]);
    const again = await broadsheet(["add", "ada@example.com", "--reason", "again", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ added: false, standing: { reason: "manual" } });
  });

  it("refuses what is no address, an empty reason and no reason, and changes nothing", async () => {
    const bare = await broadsheet(["add", "example.com", "--reason", "x"]);
    expect(bare).toMatchObject({ code: 2, stderr: expect.stringContaining("write @example.com") });
    expect(await broadsheet(["add", "ada@example.com", "--reason", " "])).toMatchObject({ code: 2 });
    expect(await broadsheet(["add", "ada@example.com", "--reason", "one\ntwo"])).toMatchObject({ code: 2 });
    expect(await broadsheet(["add", "ada@example.com"])).toMatchObject({ code: 2 });
    expect(await standing()).toEqual([]);
  });

  it("does not write down again who was erased", async () => {
    const keys = loadErasureKeys({ secrets: [], dataDir });
    await eraseSubscriber(database.pool, parseAddress("ada@example.com") as Address, keys, "page");
    expect(await broadsheet(["add", "ada@example.com", "--reason", "x"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("already (erased"),
    });
    expect((await standing()).join()).not.toContain("ada@");
  });
});

describe("lift", () => {
  it("logs the reason, and says what bars the address all the same", async () => {
    await addSuppressions(database.pool, [
      { key: "max@example.com", reason: "complaint", source: "report" },
      { key: "@example.com", reason: "manual", source: "x" },
    ]);
    expect(await broadsheet(["lift", "max@example.com", "--reason", "he wrote"])).toMatchObject({
      code: 0,
      stdout: "max@example.com is lifted.\n",
      stderr: expect.stringContaining("Still barred by @example.com"),
    });
    expect((await readSuppressionLog(database.pool, ["max@example.com"])).at(-1)).toMatchObject({
      action: "lifted",
      reason: "he wrote",
      source: "command line",
    });
    expect(await standing()).toEqual(["@example.com manual x"]);
  });

  it("ends with 1 where there was nothing to lift, and with 2 without a reason or for one who was erased", async () => {
    expect(await broadsheet(["lift", "zoe@example.com", "--reason", "x"])).toMatchObject({
      code: 1,
      stdout: "zoe@example.com was not suppressed.\n",
    });
    expect(await broadsheet(["lift", "zoe@example.com"])).toMatchObject({ code: 2 });
    const keys = loadErasureKeys({ secrets: [], dataDir });
    await eraseSubscriber(database.pool, parseAddress("zoe@example.com") as Address, keys, "page");
    expect(await broadsheet(["lift", "zoe@example.com", "--reason", "x"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("was erased"),
    });
    expect(await standing()).toHaveLength(1);
  });
});

describe("import, export and list", () => {
  it("take another sender's file, tell of lines that name nobody, and end with 1 for these", async () => {
    const csv = "Email Address,Reason\nada@example.com,BOUNCE\nnobody,x\nmax@example.com,SpamComplaint\n";
    const answer = await broadsheet(["import", "-"], csv);
    expect(answer).toMatchObject({ code: 1, stderr: expect.stringContaining("stdin:3:") });
    expect(answer.stdout).toBe("added      2\nunchanged  0\nunusable   1\n");
    expect(await standing()).toEqual(["ada@example.com hard-bounce stdin", "max@example.com complaint stdin"]);
    const file = join(dataDir, "ours.csv");
    writeFileSync(file, "ada@example.com\n@closed.example\n");
    expect(JSON.parse((await broadsheet(["import", file, "--json"])).stdout)).toEqual({
      added: 1,
      unchanged: 1,
      unusable: 0,
      problems: [],
    });
  });

  it("refuse a file that is not there or has no addresses", async () => {
    expect(await broadsheet(["import", join(dataDir, "none.csv")])).toMatchObject({ code: 2 });
    expect(await broadsheet(["import", "-"], "name,city\nAda,London\n")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('names no column "address"'),
    });
  });

  it("give all of them, those of one reason, and what an import reads", async () => {
    await addSuppressions(
      database.pool,
      Array.from({ length: 1_200 }, (_, index) => ({
        key: `p${String(index).padStart(4, "0")}@example.com`,
        reason: index % 3 === 0 ? ("complaint" as const) : ("hard-bounce" as const),
        source: "report",
      })),
    );
    const json = JSON.parse((await broadsheet(["list", "--json"])).stdout) as { key: string }[];
    expect(json).toHaveLength(1_200);
    expect(json[0]).toMatchObject({ key: "p0000@example.com", reason: "complaint" });
    const csv = (await broadsheet(["list", "--csv", "--reason", "complaint"])).stdout.trimEnd().split("\r\n");
    expect(csv).toHaveLength(401);
    const page = await broadsheet(["list", "--after", "p0005@example.com"]);
    expect(page.stdout.split("\n")[1]).toContain("p0006@example.com");
    expect(page.stdout).toContain('--after "p0105@example.com"');
    const out = join(dataDir, "all.csv");
    expect(await broadsheet(["export", "--out", out])).toMatchObject({ code: 0, stdout: `Written: ${out}\n` });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await database.pool.query("DELETE FROM suppressions");
    expect(await broadsheet(["import", out])).toMatchObject({ code: 0 });
    const withReasons = (text: string): string[] => text.split("\r\n").map((line) => line.split(",", 2).join());
    expect(withReasons((await broadsheet(["export"])).stdout)).toEqual(withReasons(readFileSync(out, "utf8")));
    expect((await broadsheet(["export"])).stdout).toContain("p1199@example.com,hard-bounce,all.csv,false,");
  });

  it("answer an empty list with an empty one, and a reason that there isn't with those there are", async () => {
    expect(JSON.parse((await broadsheet(["list", "--json"])).stdout)).toEqual([]);
    expect(await broadsheet(["list", "--reason", "spam"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("complaint"),
    });
    expect(await broadsheet(["export", "--out", join(dataDir, "no", "such.csv")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("can't be written"),
    });
  });
});
