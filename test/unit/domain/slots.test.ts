import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSlots, slotAt } from "../../../src/domain/slots.ts";

test("text is cut at its slots", () => {
  expect(parseSlots("Hi {{subscriber.firstName|there}}, {{subscriber.x_1-y}}")).toEqual([
    { type: "text", text: "Hi " },
    { type: "slot", name: "subscriber.firstName", fallback: "there" },
    { type: "text", text: ", " },
    { type: "slot", name: "subscriber.x_1-y", fallback: null },
  ]);
  expect(parseSlots("")).toEqual([]);
});

test.each([
  "{{name}}",
  "{{link.unsubscribe}}",
  "{{ subscriber.a }}",
  "{{subscriber.a|b|c}}",
  "{{subscriber.a|b\nc}}",
  "{{subscriber.a|{}}}",
  "{{subscriber.}}",
  "{{Subscriber.a}}",
  `{{subscriber.${"a".repeat(65)}}}`,
])("%j is literal", (text) => {
  expect(parseSlots(text)).toEqual([{ type: "text", text }]);
});

test("a slot is found only where it begins", () => {
  expect(slotAt("a{{subscriber.b|c}}d", 1)).toEqual({ name: "subscriber.b", fallback: "c", length: 18 });
  expect(slotAt("a{{subscriber.b|c}}d", 0)).toBeNull();
});

test("nothing is lost: the pieces joined are the text", () => {
  const pieces = fc.constantFrom("{{subscriber.a}}", "{{subscriber.b|c d}}", "{{", "}}", "|", "subscriber.", "x", " ");
  fc.assert(
    fc.property(
      fc.array(pieces).map((some) => some.join("")),
      (text) => {
        const joined = parseSlots(text).map((run) => {
          if (run.type === "text") return run.text;
          return run.fallback === null ? `{{${run.name}}}` : `{{${run.name}|${run.fallback}}}`;
        });
        expect(joined.join("")).toBe(text);
      },
    ),
  );
});
