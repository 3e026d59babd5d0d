import { expect, test } from "vitest";
import { createCampaignWatch, createLaneWatch, type WatchedAnswer } from "../../../src/delivery/watch-refusals.ts";

function feed(watch: { note(name: string, answer: WatchedAnswer): string | null }, name: string, answers: string) {
  const kinds = { p: "policy", r: "refused", d: "deferred", ".": "other" } as const;
  return [...answers]
    .map((letter) => watch.note(name, kinds[letter as keyof typeof kinds]))
    .filter((said) => said !== null);
}

test("eleven policy refusals in a row stop a lane, ten do not", () => {
  expect(feed(createLaneWatch(), "gmail", "p".repeat(10))).toEqual([]);
  expect(feed(createLaneWatch(), "gmail", "p".repeat(11))).toEqual(["11 of the last 11 answers were policy refusals"]);
});

test("one policy refusal in twenty is a lane's usual weather", () => {
  const watch = createLaneWatch();
  expect(feed(watch, "gmail", `p${".".repeat(19)}`.repeat(50))).toEqual([]);
  expect(feed(watch, "gmail", "p")).toEqual([]);
});

test("refusals of readers' mailboxes stop no lane; policy refusals of one lane stop no other", () => {
  const watch = createLaneWatch();
  expect(feed(watch, "gmail", "r".repeat(500))).toEqual([]);
  feed(watch, "yahoo", "p".repeat(10));
  expect(feed(watch, "gmail", "p")).toEqual([]);
});

test("only the last two hundred answers count", () => {
  const watch = createLaneWatch();
  feed(watch, "gmail", "p".repeat(10));
  feed(watch, "gmail", ".".repeat(200));
  expect(feed(watch, "gmail", "p")).toEqual([]);
});

test("a campaign halts above a tenth of refusals, or when nearly everybody puts us off, and says so once", () => {
  expect(feed(createCampaignWatch(), "12", `${".".repeat(9)}r`.repeat(60))).toEqual([]);
  expect(feed(createCampaignWatch(), "12", "....r".repeat(20))).toEqual(["20 of the last 100 answers were refusals"]);
  expect(feed(createCampaignWatch(), "12", "d".repeat(199))).toEqual([]);
  expect(feed(createCampaignWatch(), "12", "d".repeat(220))).toHaveLength(1);
  expect(feed(createCampaignWatch(1), "12", "r".repeat(500))).toEqual([]);
});

test("of several processes that share a lane the first whose own answers prove it stops the lane: ten for each go unnoticed", () => {
  const processes = Array.from({ length: 4 }, () => createLaneWatch());
  let unnoticed = 0;
  const watchOf = (index: number) => processes[index % processes.length] as (typeof processes)[number];
  while (feed(watchOf(unnoticed), "gmail", "p").length === 0) unnoticed += 1;
  expect(unnoticed).toBe(4 * 10);
});

test("several processes see the same share: one above the baseline stops the lane, one below it does not", () => {
  const stops = (every: number): boolean => {
    const processes = Array.from({ length: 3 }, () => createLaneWatch());
    // Dealt out in turn, as a queue does; a policy refusal each so many answers.
    return Array.from({ length: 2_000 }, (_, index) => index).some((index) => {
      const watch = processes[index % processes.length] as (typeof processes)[number];
      return feed(watch, "gmail", index % every === 0 ? "p" : ".").length > 0;
    });
  };
  expect(stops(10)).toBe(true);
  expect(stops(25)).toBe(false);
});
