import { describe, expect, it } from "vitest";
import { applyScheme } from "../../../src/preview/preview-dark.ts";
import { compareLines } from "../../../src/preview/preview-diff.ts";
import { renderFrame } from "../../../src/preview/preview-frame.ts";
import { readOutline } from "../../../src/preview/preview-outline.ts";
import { hrefOf, readQuery } from "../../../src/preview/preview-query.ts";

const query = readQuery(new URL("http://localhost/?issue=a.yaml"));

describe("a mail in the dark", () => {
  const html =
    '<html><head><style>@media (prefers-color-scheme: dark) { p { color: #fff } }</style></head><body style="background-color:#ffffff;color:#000000"><p>x</p></body></html>';

  it("follows its own rules in the dark and not in the light", () => {
    expect(applyScheme(html, "dark")).toContain("@media (min-width:0) { p");
    expect(applyScheme(html, "light")).toContain("@media (max-width:0) { p");
  });
  it("is turned round where a client forces it, keeping hues", () => {
    const forced = applyScheme(html, "forced");
    expect(forced).toContain("background-color:rgb(18,18,18)");
    expect(forced).toContain("color:rgb(255,255,255)");
    // HSL 0°, 100 %, 25 % becomes 0°, 100 %, 75 %: (255, 127, 127), then softened.
    expect(applyScheme('<p style="color:#800000">', "forced")).toMatch(/color:rgb\(255,13[67],13[67]\)/);
  });
});

describe("the frame", () => {
  const picture = async (url: string) =>
    url === "http://localhost:8080/assets/a.png" ? { bytes: Buffer.from("PNG"), contentType: "image/png" } : null;
  const html = '<img src="http://localhost:8080/assets/a.png" alt="A"><img src="https://other.example/b.png" alt="B">';

  it("has our pictures written in, and leaves the others for the policy to stop", async () => {
    const framed = await renderFrame(html, query, picture);
    expect(framed).toContain('src="data:image/png;base64,UE5H"');
    expect(framed).toContain('src="https://other.example/b.png"');
  });
  it("has none without pictures, and their words", async () => {
    const framed = await renderFrame(html, { ...query, pictures: false }, picture);
    expect(framed).not.toContain("src=");
    expect(framed).toContain('alt="A"');
  });
});

describe("the reading order", () => {
  it("is that of a screen reader", () => {
    const outline = readOutline(
      '<html lang="de"><head><title>Hafen &amp; Meer</title></head><body><div style="display:none">hidden <div>deep</div></div><h1>Kr&auml;ne</h1><p>Ein <b>Satz</b>.</p><img alt="Ein Schiff" src="x"><img alt="" src="y"><a href="https://e.example/?a=1&amp;b=2">Zum Schiff</a></body></html>'.replace(
        "&auml;",
        "ä",
      ),
    );
    expect(outline).toEqual({
      lang: "de",
      title: "Hafen & Meer",
      items: [
        { kind: "heading", level: 1, text: "Kräne" },
        { kind: "text", text: "Ein Satz." },
        { kind: "picture", text: "Ein Schiff" },
        { kind: "link", text: "Zum Schiff", href: "https://e.example/?a=1&b=2" },
      ],
    });
  });
});

it("a difference names what is gone, new and the same, in order", () => {
  expect(compareLines("a\nb\nc", "a\nx\nc\nd").map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "same a",
    "gone b",
    "new x",
    "same c",
    "new d",
  ]);
});

it("everything that is shown stands in the address", () => {
  const href =
    "/?issue=a.yaml&view=raw&width=375&scheme=forced&pictures=off&as=ada%40example.com&variant=01&a.firstName=Ada&a.city=";
  expect(hrefOf(readQuery(new URL(`http://localhost${href}`)))).toBe(href);
  expect(readQuery(new URL("http://localhost/?view=nonsense&width=9")).view).toBe("mail");
});
