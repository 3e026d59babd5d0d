import { expect, it } from "vitest";
import { laneOf } from "../../../src/domain/lane.ts";

const lanes = [
  { name: "default", domains: [] },
  { name: "gmail", domains: ["gmail.com", "googlemail.com"] },
  { name: "japan", domains: ["xn--r8jz45g.jp"] },
];

it.each([
  ["gmail.com", "gmail"],
  ["googlemail.com", "gmail"],
  ["xn--r8jz45g.jp", "japan"],
  ["example.com", "default"],
  ["mail.gmail.com", "default"],
  ["notgmail.com", "default"],
])("%s goes by the lane %s", (domain, lane) => {
  expect(laneOf(domain, lanes)).toBe(lane);
});

it("gives every domain a lane even where there are none", () => {
  expect(laneOf("example.com", [])).toBe("default");
});
