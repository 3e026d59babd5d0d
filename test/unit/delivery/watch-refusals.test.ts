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
