import type { Pictures } from "../domain/pictures.ts";
import { createFinding } from "./create-finding.ts";
import type { Finding } from "./finding.ts";
import type { IssueParts } from "./walk-issue.ts";

/** A second on a slow phone connection. */
const pictureBytesMax = 200_000;

export function checkPictures(parts: IssueParts, pictures: Pictures): readonly Finding[] {
  return parts.pictures.flatMap(({ picture, place }) => {
    const findings: Finding[] = [];
    const resolved = pictures.bySource.get(picture.src);
    if (picture.alt.trim() === "" && picture.href !== undefined)
      findings.push(
        createFinding(
          "picture-alt",
          place,
          `The picture ${picture.src} is a link and has no words.`,
          "Say in `alt` where it goes: without pictures it is all that is left.",
        ),
      );
    if (/\.(?:png|jpe?g|gif|webp)$/i.test(picture.alt.trim()))
      findings.push(
        createFinding(
          "picture-alt-file",
          place,
          `The words for ${picture.src} are a file name.`,
          "Say what is to be seen.",
        ),
      );
    if (resolved && resolved.sizeBytes > pictureBytesMax)
      findings.push(
        createFinding(
          "picture-weight",
          place,
          `${picture.src} weighs ${Math.round(resolved.sizeBytes / 1000)} KB after resizing.`,
          `Keep pictures under ${pictureBytesMax / 1000} KB: save photographs as JPEG.`,
        ),
      );
    if (resolved?.transparent)
      findings.push(
        createFinding(
          "picture-transparent",
          place,
          `${picture.src} has a transparent ground.`,
          "See in the dark preview whether it still shows; give logos an edge or a ground of their own.",
        ),
      );
    return findings;
  });
}
