import { expect, it } from "vitest";
import { readSuppressions } from "../../../src/audience/read-suppressions.ts";
import type { NewSuppression } from "../../../src/domain/suppression.ts";
import type { Problem } from "../../../src/lib/errors.ts";

async function read(text: string): Promise<{ entries: NewSuppression[]; problems: Problem[] }> {
  const entries: NewSuppression[] = [];
  const problems: Problem[] = [];
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  for await (const batch of readSuppressions({
    file: "blocked.csv",
    bytes,
    onProblem: (problem) => problems.push(problem),
  })) {
    entries.push(...batch);
  }
  return { entries, problems };
}

const entry = (key: string, reason = "imported", provisional = false) => ({
  key,
  reason,
  source: "blocked.csv",
  provisional,
});

it("reads a plain list without a header", async () => {
  expect((await read("Ada@Example.com\n@bücher.example\n")).entries).toEqual([
    entry("ada@example.com"),
    entry("@xn--bcher-kva.example"),
  ]);
});

it("reads another sender's file, and keeps the reasons that we know", async () => {
  const { entries } = await read(
    "Name;E-Mail;Reason\nAda;ada@example.com;complaint\nMax;max@example.com;blocked by admin\n",
  );
  expect(entries).toEqual([entry("ada@example.com", "complaint"), entry("max@example.com")]);
});

it("reads our own export, hashes of the erased among it", async () => {
  const hash = `#${"ab".repeat(32)}`;
  const { entries } = await read(
    `address,reason,source,provisional,since\n${hash},erased,x,false,2024\nada@example.com,soft-bounces,x,true,2024\n`,
  );
  expect(entries).toEqual([entry(hash, "erased"), entry("ada@example.com", "soft-bounces", true)]);
});

it("never says of an address in the clear that it was erased", async () => {
  expect((await read("address,reason\nada@example.com,erased\n")).entries).toEqual([entry("ada@example.com")]);
});

it("tells of lines that name no address, and reads on", async () => {
  const { entries, problems } = await read("address\nexample.com\nada@example.com\n");
  expect(entries).toEqual([entry("ada@example.com")]);
  expect(problems).toEqual([
    {
      code: "suppression-line",
      message: expect.stringContaining("write @example.com"),
      place: { file: "blocked.csv", line: 2 },
    },
  ]);
});

it("refuses a file without any address column", async () => {
  await expect(read("name,city\nAda,London\n")).rejects.toThrow(
    'blocked.csv:1: The first line names no column "address"',
  );
});

it("understands the reasons that relays write", async () => {
  const { entries } = await read(
    "EmailAddress,Reason\na@example.com,BOUNCE\nb@example.com,COMPLAINT\nc@example.com,HardBounce\nd@example.com,Spam Complaint\ne@example.com,soft bounce\n",
  );
  expect(entries.map(({ reason }) => reason)).toEqual([
    "hard-bounce",
    "complaint",
    "hard-bounce",
    "complaint",
    "imported",
  ]);
});
