import { expect, test } from "vitest";
import { createCircuitBreaker } from "../../../../src/adapters/smtp/circuit-breaker.ts";
import type { SetupFailure } from "../../../../src/adapters/smtp/open-session.ts";

function failure(permanent = false): SetupFailure {
  return {
    failed: true,
    cause: "it is away",
    permanent,
    server: "mx:25",
    phase: "connect",
    reply: null,
    capabilities: null,
  };
}

function create() {
  let nowMs = 0;
  const breaker = createCircuitBreaker(
    { failuresMax: 3, openMs: 100, openMsMax: 400, misconfiguredMs: 10_000 },
    { now: () => new Date(nowMs), monotonicMs: () => nowMs, after: () => () => {} },
  );
  const tryOnce = (result: "succeed" | "fail" | "fail for good") => {
    expect(breaker.mayTry()).toBe(true);
    breaker.begin();
    if (result === "succeed") breaker.succeed();
    else breaker.fail(failure(result === "fail for good"));
  };
  return { breaker, tryOnce, advance: (byMs: number) => (nowMs += byMs) };
}

test("it opens after failures in a row, and a success between them starts the count again", () => {
  const { breaker, tryOnce } = create();
  for (const result of ["fail", "fail", "succeed", "fail", "fail"] as const) tryOnce(result);
  expect(breaker.state()).toBe("closed");
  tryOnce("fail");
  expect(breaker.state()).toBe("open");
  expect(breaker.mayTry()).toBe(false);
  expect(breaker.retryAfterMs()).toBe(100);
});

test("after its time one connection probes, and no other until that one has ended", () => {
  const { breaker, tryOnce, advance } = create();
  for (let index = 0; index < 3; index += 1) tryOnce("fail");
  advance(100);
  expect(breaker.state()).toBe("half-open");
  breaker.begin();
  expect(breaker.mayTry()).toBe(false);
  breaker.succeed();
  expect(breaker.state()).toBe("closed");
  expect(breaker.lastFailure()).toBeNull();
});

test("each failed probe doubles the while, up to a limit, and success forgets it", () => {
  const { breaker, tryOnce, advance } = create();
  for (let index = 0; index < 3; index += 1) tryOnce("fail");
  for (const openMs of [200, 400, 400]) {
    advance(breaker.retryAfterMs());
    tryOnce("fail");
    expect(breaker.retryAfterMs()).toBe(openMs);
  }
  advance(breaker.retryAfterMs());
  tryOnce("succeed");
  for (let index = 0; index < 3; index += 1) tryOnce("fail");
  expect(breaker.retryAfterMs()).toBe(100);
});

test("a fault of our own shuts it at once and for long", () => {
  const { breaker, tryOnce, advance } = create();
  tryOnce("fail for good");
  expect(breaker.retryAfterMs()).toBe(10_000);
  advance(10_000);
  tryOnce("succeed");
  expect(breaker.state()).toBe("closed");
});

test("tries that began before it opened do not hold it open longer", () => {
  const { breaker, advance } = create();
  for (let index = 0; index < 6; index += 1) breaker.begin();
  for (let index = 0; index < 3; index += 1) breaker.fail(failure());
  advance(60);
  for (let index = 0; index < 3; index += 1) breaker.fail(failure());
  expect(breaker.retryAfterMs()).toBe(40);
});
