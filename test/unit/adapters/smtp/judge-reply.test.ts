import { expect, test } from "vitest";
import { isGood, judgeReply, type MessagePhase } from "../../../../src/adapters/smtp/judge-reply.ts";

const phases: MessagePhase[] = ["mail", "rcpt", "data", "dot"];
const anyWords = expect.any(String) as string;
const server = "mx.example.com:25";

test("every code at every phase: 4xx is deferred, 5xx refused, anything else is no decision", () => {
  for (const phase of phases) {
    for (let code = 100; code < 600; code += 1) {
      const reply = { code, enhanced: null, text: "words" };
      if (isGood(phase, reply)) continue;
      const expected =
        code >= 500
          ? { type: "refused", phase, reply, server }
          : code >= 400 || phase !== "dot"
            ? { type: "deferred", phase, reply, server, cause: anyWords }
            : { type: "uncertain", server, cause: anyWords };
      expect(judgeReply(phase, reply, server)).toEqual(expected);
    }
  }
});

test("only 3xx lets a body begin, and only 2xx is acceptance", () => {
  expect(
    phases.map((phase) => [200, 250, 299, 354, 399].map((code) => isGood(phase, { code, enhanced: null, text: "" }))),
  ).toEqual([
    [true, true, true, false, false],
    [true, true, true, false, false],
    [false, false, false, true, true],
    [true, true, true, false, false],
  ]);
});

test("552 to RCPT is temporary where it means too many recipients, and final elsewhere", () => {
  const typeOf = (phase: MessagePhase, enhanced: string | null, text: string) =>
    judgeReply(phase, { code: 552, enhanced, text }, server).type;
  expect(typeOf("rcpt", "5.5.3", "no")).toBe("deferred");
  expect(typeOf("rcpt", null, "Too many recipients in this transaction")).toBe("deferred");
  expect(typeOf("rcpt", "5.2.2", "mailbox full")).toBe("refused");
  expect(typeOf("dot", "5.5.3", "too many")).toBe("refused");
});
