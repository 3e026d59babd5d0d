import { describe, expect, it } from "vitest";
import { faultsOfAddress, formatFaultRule, parseFaultRule } from "../../../../src/adapters/catcher/fault-rules.ts";

describe("fault rules", () => {
  it.each([
    ["rcpt * 450", { stage: "rcpt", action: { kind: "reply", code: 450 } }],
    [
      "rcpt *@Gmail.test 421 rate=20/1s",
      {
        stage: "rcpt",
        action: { kind: "reply", code: 421 },
        match: { domain: "gmail.test" },
        rate: { limit: 20, windowMs: 1000 },
      },
    ],
    [
      'dot a@b.test 554 "5.7.1 Not today" times=2',
      {
        stage: "dot",
        action: { kind: "reply", code: 554, text: "5.7.1 Not today" },
        match: { recipient: "a@b.test" },
        times: 2,
      },
    ],
    [
      "mail *@b.test drop share=0.25",
      { stage: "mail", action: { kind: "drop" }, match: { sender: "@b.test" }, share: 0.25 },
    ],
    [
      "mail a@b.test greylist=500ms",
      { stage: "mail", action: { kind: "greylist", delayMs: 500 }, match: { sender: "a@b.test" } },
    ],
    ["dot * slow=2m", { stage: "dot", action: { kind: "slow", delayMs: 120_000 } }],
    [
      "dot *@*.b.test dsn=5.2.2",
      { stage: "dot", action: { kind: "dsn", status: "5.2.2" }, match: { domain: "*.b.test" } },
    ],
    ["auth * 535 share=1", { stage: "auth", action: { kind: "reply", code: 535 }, share: 1 }],
    ["data * lose", { stage: "data", action: { kind: "lose" } }],
  ])("%s", (line, rule) => {
    expect(parseFaultRule(line)).toEqual(rule);
    // What is written out says the same.
    expect(parseFaultRule(formatFaultRule(parseFaultRule(line)))).toEqual(rule);
  });
});

describe("faults by address", () => {
  it.each([
    ["450+greylist@x.test", [{ stage: "rcpt", action: { kind: "greylist", code: 450 } }]],
    ["450+greylist+2@x.test", [{ stage: "rcpt", action: { kind: "greylist", code: 450 } }]],
    ["550+greylist@x.test", [{ stage: "rcpt", action: { kind: "reply", code: 550 } }]],
    ["DATA554+A@x.test", [{ stage: "data", action: { kind: "reply", code: 554 } }]],
    ["slow999+a@x.test", [{ stage: "dot", action: { kind: "slow", delayMs: 600_000 } }]],
    ["dsn+a@x.test", [{ stage: "dot", action: { kind: "dsn", status: "5.1.1" } }]],
    ["dsn447+a@x.test", [{ stage: "dot", action: { kind: "dsn", status: "4.4.7" } }]],
    ["lose+a@x.test", [{ stage: "dot", action: { kind: "lose" } }]],
    ["650+a@x.test", []],
    ["4500+a@x.test", []],
    ["slowly+a@x.test", []],
    ["dsn9+a@x.test", []],
    ["bounce+1.2.abc@x.test", []],
    ["+550@x.test", []],
    ["550@x.test", []],
    ["", []],
  ])("%s", (address, rules) => {
    expect(faultsOfAddress(address)).toEqual(rules);
  });
});
