/** Longer than any path or address of a picture. */
const lengthMax = 1_000;

/** A path within the folder, or an absolute https URL. The path is normalised, so that one file has one name. */
export function readPictureSource(written: string): { readonly src: string } | { readonly problem: string } {
  const shown = JSON.stringify(written.slice(0, 80));
  if (written === "" || written.length > lengthMax) {
    return { problem: `A picture needs the path of its file, such as pictures/diagram.png; this is ${shown}` };
  }
  if (/^https:\/\//i.test(written)) {
    return URL.canParse(written) ? { src: written } : { problem: `The picture's address ${shown} is not a valid URL` };
  }
  if (/^http:\/\//i.test(written)) return { problem: `The picture's address ${shown} must begin with https://` };
  if (/^[a-z][a-z0-9+.-]*:/i.test(written)) {
    return { problem: `A picture is a file in the issue's folder or an https address; ${shown} is neither` };
  }
  // oxlint-disable-next-line no-control-regex -- a path with control characters is a mistake
  if (/[\\\u0000-\u001f]/.test(written)) return { problem: `Write the picture's path with forward slashes: ${shown}` };
  const parts: string[] = [];
  for (const part of decode(written).split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined)
        return { problem: `${shown} leads out of the issue's folder: copy the picture into it` };
    } else if (part !== "." && part !== "") parts.push(part);
  }
  if (written.startsWith("/"))
    return { problem: `Write the picture's path relative to the issue's folder, not ${shown}` };
  return { src: parts.join("/") };
}

/** Markdown has to write a space in a path as %20. */
function decode(path: string): string {
  try {
    return path.includes("%") ? decodeURIComponent(path) : path;
  } catch {
    return path;
  }
}
