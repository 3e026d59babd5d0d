import { describe, expect, it } from "vitest";
import { createSlotMarkers } from "../../../src/digest/slot-markers.ts";
import { InputError } from "../../../src/lib/errors.ts";

describe("markers of slots", () => {
  it("cut a text into what is fixed and what is filled", () => {
    const markers = createSlotMarkers("");
    const text = `Hi ${markers.mark("subscriber.firstName", "you")}!${markers.mark("link.view", null)}`;
    expect(markers.split(text, () => "text")).toEqual({
      chunks: ["Hi ", "!", ""],
      slots: [
        { name: "subscriber.firstName", fallback: "you", context: "text" },
        { name: "link.view", fallback: null, context: "text" },
      ],
    });
  });

  it("keep the same name with another fallback apart", () => {
    const markers = createSlotMarkers("");
    expect(markers.mark("subscriber.a", "x")).toBe(markers.mark("subscriber.a", "x"));
    expect(markers.mark("subscriber.a", "x")).not.toBe(markers.mark("subscriber.a", null));
  });

  it("use a character that the inputs don't, at worst beyond the basic plane", () => {
    const basic = Array.from({ length: 0xf8ff - 0xe000 + 1 }, (_, index) => String.fromCharCode(0xe000 + index)).join(
      "",
    );
    const markers = createSlotMarkers(basic);
    const split = markers.split(`${basic}${markers.mark("link.view", null)}${basic}`, () => "html");
    expect(split.chunks).toEqual([basic, basic]);
  });

  it("say what is wrong when no character is left", () => {
    let all = "";
    for (let code = 0xe000; code <= 0xf8ff; code++) all += String.fromCodePoint(code);
    for (let code = 0xf0000; code <= 0xffffd; code++) all += String.fromCodePoint(code);
    expect(() => createSlotMarkers(all)).toThrow(InputError);
  });
});
