import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { createAssetStore, publishAssets } from "../../../../src/adapters/assets/asset-store.ts";
import { resolvePictures } from "../../../../src/adapters/assets/resolve-pictures.ts";
import type { Block, DataBlock, Issue } from "../../../../src/domain/issue.ts";
import { InputError } from "../../../../src/lib/errors.ts";
import { makeTemporaryFolder } from "../../../support/temporary-folder.ts";
import { drawHalves } from "./drawn-picture.ts";

function makeIssue(folder: string, sources: readonly string[], more: readonly Block[] = []): Issue {
  const blocks = sources.map((src, index): Block => ({
    type: "picture",
    picture: { src, alt: "x" },
    place: { file: "x.yaml", line: 10 + index, column: 5 },
  }));
  return {
    slug: "x",
    file: "x.yaml",
    folder,
    template: "digest",
    lang: "en",
    direction: "ltr",
    subject: [],
    preheader: [],
    title: [],
    date: "2026-01-01",
    silenced: [],
    blocks: [...blocks, ...more],
  };
}

const data: DataBlock = {
  type: "data",
  title: [],
  body: [],
  columns: ["a", "b"],
  rows: [{ name: "x", values: [1] }],
  chart: "bar",
  summary: "s",
  place: { file: "x.yaml", line: 99, column: 5 },
};
const noChart = (): Buffer => {
  throw new Error("No chart was asked for");
};

function makeStore() {
  return createAssetStore({ dir: join(makeTemporaryFolder(), "assets"), publicUrl: "https://news.example.com/" });
}

describe("an issue's pictures", () => {
  test("are stored under their contents' hash and shown from PUBLIC_URL", async () => {
    const folder = makeTemporaryFolder();
    mkdirSync(join(folder, "pictures"));
    writeFileSync(join(folder, "pictures/a.png"), drawHalves(1800, 900, "image/png"));
    writeFileSync(join(folder, "b.jpg"), drawHalves(100, 50, "image/jpeg"));
    const store = makeStore();
    const { bySource } = await resolvePictures(makeIssue(folder, ["pictures/a.png", "b.jpg", "b.jpg"]), store, noChart);
    expect([...bySource.keys()]).toEqual(["pictures/a.png", "b.jpg"]);
    const first = bySource.get("pictures/a.png");
    expect(first).toMatchObject({ width: 600, height: 300, format: "png", transparent: false });
    expect(first?.url).toMatch(/^https:\/\/news\.example\.com\/assets\/[0-9a-f]{32}\.png$/);
    const stored = await store.read(first?.url.split("/").at(-1) as string);
    expect(stored?.contentType).toBe("image/png");
    expect(stored?.bytes.length).toBe(first?.sizeBytes);
    expect(bySource.get("b.jpg")?.url).toMatch(/\.jpg$/);
  });

  test("are worked out once: a second time nothing is written, and the answer is the same", async () => {
    const folder = makeTemporaryFolder();
    writeFileSync(join(folder, "a.png"), drawHalves(1800, 900, "image/png"));
    const store = makeStore();
    const issue = makeIssue(folder, ["a.png"]);
    const first = await resolvePictures(issue, store, noChart);
    const files = readdirSync(store.dir).filter((name) => name.endsWith(".png"));
    const long = new Date("2020-01-01T00:00:00Z");
    for (const name of files) utimesSync(join(store.dir, name), long, long);
    expect(await resolvePictures(issue, store, noChart)).toEqual(first);
    for (const name of files) expect(statSync(join(store.dir, name)).mtime).toEqual(long);
  });

  test("come back when their files were removed or cut short", async () => {
    const folder = makeTemporaryFolder();
    writeFileSync(join(folder, "a.png"), drawHalves(1800, 900, "image/png"));
    const store = makeStore();
    const issue = makeIssue(folder, ["a.png"]);
    const first = await resolvePictures(issue, store, noChart);
    const name = first.bySource.get("a.png")?.url.split("/").at(-1) as string;
    const whole = readFileSync(join(store.dir, name));
    unlinkSync(join(store.dir, name));
    await resolvePictures(issue, store, noChart);
    expect(readFileSync(join(store.dir, name)).equals(whole)).toBe(true);
    writeFileSync(join(store.dir, name), whole.subarray(0, 10));
    await resolvePictures(issue, store, noChart);
    expect(readFileSync(join(store.dir, name)).equals(whole)).toBe(true);
  });

  test("that are missing or can't be read are told at once, each at its block", async () => {
    const folder = makeTemporaryFolder();
    const outside = makeTemporaryFolder();
    writeFileSync(join(outside, "secret.png"), drawHalves(10, 10, "image/png"));
    symlinkSync(join(outside, "secret.png"), join(folder, "link.png"));
    mkdirSync(join(folder, "folder.png"));
    writeFileSync(join(folder, "text.png"), "this is a text and long enough to be looked at");
    const sources = [
      "none.png",
      "link.png",
      "folder.png",
      "text.png",
      "text.png/none.png",
      "https://example.com/fine.png",
    ];
    const failure = await resolvePictures(makeIssue(folder, sources), makeStore(), noChart).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(InputError);
    const problems = (failure as InputError).problems.map(({ code, message, place }) => [place?.line, code, message]);
    expect(problems).toEqual([
      [10, "picture-missing", expect.stringContaining('"none.png" is not there')],
      [11, "picture-unreadable", expect.stringContaining("leads out of the issue's folder")],
      [12, "picture-unreadable", expect.stringContaining("is not a file")],
      [13, "picture-unreadable", expect.stringContaining("is not a PNG, JPEG, GIF or WebP")],
      [14, "picture-missing", expect.stringContaining("is not there")],
    ]);
  });

  test("far away stay there, with the size that the issue tells", async () => {
    const [told, untold] = ["https://example.com/a.gif?x", "https://example.com/b"];
    const issue = makeIssue(
      makeTemporaryFolder(),
      [untold],
      [
        {
          type: "picture",
          picture: { src: told, alt: "", width: 1600, height: 1000 },
          place: { file: "x.yaml", line: 1, column: 1 },
        },
      ],
    );
    const { bySource } = await resolvePictures(issue, makeStore(), noChart);
    expect(bySource.get(told)).toEqual({
      url: told,
      width: 600,
      height: 375,
      sizeBytes: 0,
      transparent: false,
      format: "gif",
    });
    expect(bySource.get(untold)).toMatchObject({ url: untold, width: 600, height: null });
  });

  test("charts are drawn for the blocks that ask for one, and shown at half their pixels", async () => {
    const { chart: _, ...table } = data;
    const asked: unknown[] = [];
    const drawn = drawHalves(1200, 700, "image/png");
    const issue = { ...makeIssue(makeTemporaryFolder(), [], [table, data]), lang: "ar", direction: "rtl" as const };
    const { charts } = await resolvePictures(issue, makeStore(), (block, options) => {
      asked.push([block, options]);
      return drawn;
    });
    expect(asked).toEqual([[data, { lang: "ar", direction: "rtl" }]]);
    expect([...charts]).toEqual([
      [data, expect.objectContaining({ width: 600, height: 350, sizeBytes: drawn.length })],
    ]);
  });
});

describe("the asset store", () => {
  test("gives the same bytes the same name, whoever writes them at once", async () => {
    const store = makeStore();
    const bytes = drawHalves(20, 20, "image/png");
    const stored = await Promise.all(Array.from({ length: 8 }, () => store.put(bytes)));
    expect(new Set(stored.map(({ name }) => name)).size).toBe(1);
    expect(readdirSync(store.dir)).toEqual([stored[0]?.name]);
    expect(stored[0]).toMatchObject({
      hash: stored[0]?.name.slice(0, 32),
      url: store.urlOf(stored[0]?.name as string),
    });
  });

  test.each([
    "../secret",
    "sources",
    ".",
    "a.png",
    `${"a".repeat(32)}.svg`,
    `${"a".repeat(32)}.png/../x`,
    `${"a".repeat(32)}.png`,
  ])("reads nothing under the name %s", async (name) => {
    const store = makeStore();
    mkdirSync(store.dir, { recursive: true });
    writeFileSync(join(dirname(store.dir), "secret"), "x");
    expect(await store.read(name)).toBeNull();
  });

  test("keeps nothing but pictures", async () => {
    await expect(makeStore().put(Buffer.from("<svg/>".repeat(20)))).rejects.toThrow(TypeError);
  });

  test("publishes what a folder lacks, and only assets", async () => {
    const store = makeStore();
    const target = join(makeTemporaryFolder(), "bucket/assets");
    expect(await publishAssets(store, target)).toEqual({ copied: 0, present: 0 });
    const one = await store.put(drawHalves(20, 20, "image/png"));
    await store.remember("key", {
      name: one.name,
      width: 20,
      height: 20,
      sizeBytes: 1,
      transparent: false,
      format: "png",
    });
    expect(await publishAssets(store, target)).toEqual({ copied: 1, present: 0 });
    const two = await store.put(drawHalves(30, 20, "image/jpeg"));
    writeFileSync(join(target, "other.txt"), "stays");
    expect(await publishAssets(store, target)).toEqual({ copied: 1, present: 1 });
    expect(readdirSync(target).toSorted()).toEqual([one.name, two.name, "other.txt"].toSorted());
  });
});
