import { createCanvas, loadImage } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import { fitPicture, type FittedPicture } from "../../../../src/adapters/assets/fit-picture.ts";
import { readPictureHeader } from "../../../../src/adapters/assets/picture-header.ts";
import { animatedGif, drawHalves, withExif, withPngText } from "./drawn-picture.ts";

async function fit(source: Buffer): Promise<FittedPicture> {
  const fitted = await fitPicture(source);
  if ("problem" in fitted) throw new Error(fitted.problem);
  return fitted;
}

async function problemOf(source: Buffer): Promise<string> {
  const fitted = await fitPicture(source);
  return "problem" in fitted ? fitted.problem : "none";
}

async function pixel(picture: Buffer, x: number, y: number): Promise<number[]> {
  const image = await loadImage(picture);
  const canvas = createCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return [...pen.getImageData(x, y, 1, 1).data];
}

describe("a picture is brought to what is shown", () => {
  test.each([
    [2400, 1600, 600, 400, 1200, 800],
    [1500, 1001, 600, 400, 1200, 801],
    [1200, 300, 600, 150, 1200, 300],
    [900, 300, 600, 200, 900, 300],
    [300, 500, 300, 500, 300, 500],
    [1, 1, 1, 1, 1, 1],
  ])(
    "%i x %i is shown as %i x %i and has %i x %i pixels",
    async (width, height, shownWidth, shownHeight, pixelWidth, pixelHeight) => {
      const fitted = await fit(drawHalves(width, height, "image/png"));
      expect(fitted).toMatchObject({ width: shownWidth, height: shownHeight, format: "png" });
      expect(readPictureHeader(fitted.bytes)).toEqual({ format: "png", width: pixelWidth, height: pixelHeight });
      expect(fitted.sizeBytes).toBe(fitted.bytes.length);
    },
  );

  test("JPEG stays JPEG and PNG stays PNG; WebP becomes what Outlook can show", async () => {
    expect((await fit(drawHalves(1600, 100, "image/jpeg"))).format).toBe("jpeg");
    expect((await fit(drawHalves(1600, 100, "image/png"))).format).toBe("png");
    expect((await fit(drawHalves(40, 100, "image/webp"))).format).toBe("jpeg");
    expect((await fit(drawHalves(40, 100, "image/webp", 0.5))).format).toBe("png");
  });

  test("a file of the right size is not encoded anew", async () => {
    const png = drawHalves(1200, 40, "image/png");
    const jpeg = drawHalves(1200, 40, "image/jpeg");
    expect((await fit(png)).bytes.equals(png)).toBe(true);
    expect((await fit(jpeg)).bytes.equals(jpeg)).toBe(true);
  });

  test("the same source gives the same bytes", async () => {
    const source = drawHalves(3000, 2000, "image/jpeg");
    expect((await fit(source)).bytes.equals((await fit(source)).bytes)).toBe(true);
  });

  test("what is scaled keeps its halves", async () => {
    const { bytes } = await fit(drawHalves(2400, 200, "image/png"));
    expect(await pixel(bytes, 10, 50)).toEqual([255, 0, 0, 255]);
    expect(await pixel(bytes, 1190, 50)).toEqual([0, 0, 255, 255]);
  });

  test("transparency is known", async () => {
    expect((await fit(drawHalves(40, 40, "image/png", 0.5))).transparent).toBe(true);
    expect((await fit(drawHalves(40, 40, "image/png"))).transparent).toBe(false);
    expect((await fit(drawHalves(40, 40, "image/jpeg"))).transparent).toBe(false);
  });

  test("an animated GIF passes through", async () => {
    const fitted = await fit(animatedGif);
    expect(fitted).toMatchObject({ format: "gif", width: 1, height: 1 });
    expect(fitted.bytes.equals(animatedGif)).toBe(true);
  });

  test("where a photograph was taken is nobody's business", async () => {
    const jpeg = drawHalves(200, 100, "image/jpeg");
    expect((await fit(withExif(jpeg, 1))).bytes.equals(jpeg)).toBe(true);
    const png = drawHalves(200, 100, "image/png");
    expect((await fit(withPngText(png, "Author\0somebody"))).bytes.equals(png)).toBe(true);
  });

  test("a photograph that was taken sideways stands upright", async () => {
    const fitted = await fit(withExif(drawHalves(200, 100, "image/jpeg"), 6));
    expect(fitted).toMatchObject({ width: 100, height: 200 });
    expect(fitted.bytes.includes("GPS")).toBe(false);
    const [red, , blue] = await pixel(fitted.bytes, 50, 10);
    expect(red).toBeGreaterThan(200);
    expect(blue).toBeLessThan(50);
  });
});

describe("what can't be used is told", () => {
  test.each([
    ["text", Buffer.from("hello, this is not a picture at all")],
    ["nothing", Buffer.alloc(0)],
    ["SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')],
    ["a PNG's first bytes", drawHalves(10, 10, "image/png").subarray(0, 20)],
  ])("%s", async (_, bytes) => {
    expect(await problemOf(bytes)).toMatch(/is not a PNG, JPEG, GIF or WebP/);
  });

  test("a picture cut short", async () => {
    expect(await problemOf(drawHalves(100, 100, "image/png").subarray(0, 60))).toMatch(/is damaged/);
  });

  test("a small file that claims a huge canvas is never decoded", async () => {
    const bomb = Buffer.from(drawHalves(10, 10, "image/png"));
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    expect(await problemOf(bomb)).toMatch(/60000 x 60000 pixels; at most 50 million/);
  });

  test("a file beyond all cameras", async () => {
    expect(await problemOf(Buffer.alloc(31 * 1024 * 1024))).toMatch(/has 31 MB; at most 30 MB/);
  });

  test("a GIF too large to send as it is", async () => {
    expect(await problemOf(Buffer.concat([animatedGif, Buffer.alloc(3 * 1024 * 1024)]))).toMatch(
      /GIF of 4 MB.*at most 2 MB/,
    );
  });
});
