import { expect, test } from "vitest";
import { acceptedToBear, complaintShareMax, describeComplaints } from "../../../src/feedback/judge-complaints.ts";

test("a few complaints prove nothing; from five on they need as many accepted mails as the share says", () => {
  expect(acceptedToBear(4, complaintShareMax)).toBeNull();
  expect(acceptedToBear(5, complaintShareMax)).toBe(1_667);
  expect(acceptedToBear(30, complaintShareMax)).toBe(10_000);
});

test("a share of all never halts, a share of nothing always", () => {
  expect(acceptedToBear(1_000, 1)).toBeNull();
  expect(acceptedToBear(5, 0)).toBeGreaterThan(1e12);
});

test("the reason is said in figures", () => {
  expect(describeComplaints(6, 1_200, "yahoo")).toBe("6 of 1200 readers in the lane yahoo called it spam (0.5 %)");
});
