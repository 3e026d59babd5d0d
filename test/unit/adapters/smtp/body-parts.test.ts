import fc from "fast-check";
import { expect, test } from "vitest";
import { bodyParts } from "../../../../src/adapters/smtp/body-parts.ts";

/** What a server makes of the wire: lines up to the lone dot, each without the dot put before it (RFC 5321 section 4.5.2). */
function receive(wire: string): { message: string; rest: string } {
  const lines: string[] = [];
  let rest = wire;
  for (;;) {
    const end = rest.indexOf("\r\n");
    if (end === -1) throw new Error("the message never ended");
    const line = rest.slice(0, end);
    rest = rest.slice(end + 2);
    if (line === ".") return { message: lines.map((text) => `${text}\r\n`).join(""), rest };
    lines.push(line.startsWith(".") ? line.slice(1) : line);
  }
}

test("any message arrives whole, and nothing of it is left over to be read as a command", () => {
  const pieces = fc.array(fc.constantFrom(".", "..", "\r\n", "x", ".x", "QUIT", "\r\n.\r\n"), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join("");
      const wire = `${Buffer.concat(bodyParts(Buffer.from(text))).toString()}.\r\n`;
      const ended = text.endsWith("\r\n") ? text : `${text}\r\n`;
      expect(receive(wire)).toEqual({ message: ended, rest: "" });
    }),
    { numRuns: 2_000 },
  );
});

test("a dot after a bare line feed is doubled as well: some servers would end the message there", () => {
  expect(Buffer.concat(bodyParts(Buffer.from("a\n.\nb\r\n"))).toString()).toBe("a\n..\nb\r\n");
});

test("a message without leading dots is neither copied nor touched", () => {
  const bytes = Buffer.from("Subject: x\r\n\r\nHello. Dots. everywhere.\r\n");
  const parts = bodyParts(bytes);
  expect(parts).toHaveLength(1);
  expect(parts[0]).toBe(bytes);
});
