import fc from "fast-check";
import { expect, test } from "vitest";
import { createBodyScanner } from "../../../src/drill/body-scanner.ts";

const keep = { bytes: true, hash: true };

/** Where the body ends when it is looked at in one piece: after the first line that is a lone dot. */
function endOf(wire: string): number {
  if (wire.startsWith(".\r\n")) return 3;
  const at = wire.indexOf("\r\n.\r\n");
  return at === -1 ? -1 : at + 5;
}

test("the end of a body is found however its bytes are cut", () => {
  const wires = fc.array(fc.constantFrom("a", ".", "..", "\r", "\n", "\r\n", "\r\n.\r\n", "\r\n..\r\n"), {
    maxLength: 25,
  });
  fc.assert(
    fc.property(wires, fc.array(fc.nat(60), { maxLength: 6 }), (parts, cuts) => {
      const wire = parts.join("");
      const edges = [0, ...cuts.filter((cut) => cut <= wire.length).toSorted((a, b) => a - b), wire.length];
      const scanner = createBodyScanner(keep);
      let found = -1;
      for (let index = 1; index < edges.length && found === -1; index += 1) {
        const end = scanner.push(Buffer.from(wire.slice(edges[index - 1], edges[index])));
        if (end !== -1) found = (edges[index - 1] as number) + end;
      }
      expect(found).toBe(endOf(wire));
      expect(scanner.bytes()).toBe(found === -1 ? wire.length : found);
    }),
    { numRuns: 3_000 },
  );
});

test("the Message-ID is taken from the header alone, and the message is given back without its stuffing", () => {
  const scanner = createBodyScanner(keep);
  const wire = "Subject: x\r\nMESSAGE-ID:  <a.1@example.com>\r\n\r\nMessage-ID: <b@example.com>\r\n..dot\r\n.\r\n";
  scanner.push(Buffer.from(wire));
  expect(scanner.messageId()).toBe("<a.1@example.com>");
  expect(scanner.message()?.toString()).toBe(
    "Subject: x\r\nMESSAGE-ID:  <a.1@example.com>\r\n\r\nMessage-ID: <b@example.com>\r\n.dot\r\n",
  );
  const without = createBodyScanner(keep);
  without.push(Buffer.from("Subject: x\r\n\r\nMessage-ID: <b@example.com>\r\n.\r\n"));
  expect(without.messageId()).toBeNull();
});
