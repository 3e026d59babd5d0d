import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { promisify } from "node:util";
import { UnavailableError } from "../../lib/errors.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const lookUpMsMax = 5_000;

/**
 * A Chromium on this machine.
 * @param given CHROMIUM_PATH; when it is set nothing else is tried
 * @throws UnavailableError `chromium-missing` with how to get one
 */
export async function findChromium(given?: string): Promise<string> {
  if (given !== undefined) {
    if (await isProgram(given)) return given;
    throw new UnavailableError("chromium-missing", `CHROMIUM_PATH is "${given}", and there is no program.`);
  }
  for (const name of names) {
    const found = await onPath(name);
    if (found) return found;
  }
  for (const place of places) if (await isProgram(place)) return place;
  throw new UnavailableError(
    "chromium-missing",
    "There is no Chromium on this machine: install one (Debian: apt install chromium; macOS: brew install --cask chromium) or name one in CHROMIUM_PATH.",
  );
}

async function onPath(name: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", 'command -v "$1"', "sh", name], {
      timeout: lookUpMsMax,
    });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
