import { describe, expect, it } from "vitest";
import {
  createWebhookKeys,
  createWebhookSecret,
  nextWebhookDelayMs,
  openWebhookSecret,
  sealWebhookSecret,
  signWebhook,
} from "../../../src/domain/webhook.ts";

it("signs as the specification's own example", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  expect(signWebhook(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}')).toBe(
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
});

describe("a secret", () => {
  const secrets = ["a secret of more than sixteen characters", "the one that it replaced"];
  const keys = createWebhookKeys(secrets);

  it("has 32 bytes, and is another each time", () => {
    const secret = createWebhookSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(createWebhookSecret()).not.toBe(secret);
  });

  it("is read with the installation's secret or an earlier one, and with no other", () => {
    const secret = createWebhookSecret();
    const sealed = sealWebhookSecret(secret, keys[1] as Buffer);
    expect(sealed.includes(secret)).toBe(false);
    expect(openWebhookSecret(sealed, keys)).toBe(secret);
    expect(openWebhookSecret(sealed, createWebhookKeys(["somebody else's secret"]))).toBeNull();
    sealed[sealed.length - 1] = (sealed.at(-1) as number) ^ 1;
    expect(openWebhookSecret(sealed, keys)).toBeNull();
    expect(openWebhookSecret(Buffer.alloc(3), keys)).toBeNull();
  });
});

describe("tries", () => {
  it("are ten, further and further apart, over a little more than three days, then given up", () => {
    const delays = Array.from({ length: 9 }, (_, index) => nextWebhookDelayMs(index + 1, null, 0) as number);
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    const hours = delays.reduce((sum, delay) => sum + delay, 0) / 3_600_000;
    expect([hours > 72, hours < 84]).toEqual([true, true]);
    expect(nextWebhookDelayMs(10, null, 0)).toBeNull();
  });

  it("wait as long as they are asked to, a day at most, and not all at the same moment", () => {
    expect(nextWebhookDelayMs(1, 60_000, 0)).toBe(60_000);
    expect(nextWebhookDelayMs(1, 1e12, 0)).toBe(86_400_000);
    expect(nextWebhookDelayMs(2, null, 0.5)).toBeGreaterThan(nextWebhookDelayMs(2, null, 0) as number);
  });
});
