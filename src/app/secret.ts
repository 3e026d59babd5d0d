import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createErasureKeys } from "../domain/erased-address.ts";
import { createTokenKeys, type TokenKeys } from "../domain/token-keys.ts";
import type { Config } from "./config.ts";

const secretBytes = 32;

/** The keys behind every link in a mail: from `SECRET_KEY`, else from a secret that is made once and kept readable to us alone. */
export function loadTokenKeys(config: Config): TokenKeys {
  return createTokenKeys(loadSecrets(config));
}

/** The same for one who only reads: `null` where no secret was ever made, and then nothing can be ours. */
export function findTokenKeys(config: Pick<Config, "secrets" | "dataDir">): TokenKeys | null {
  if (config.secrets.length === 0 && !existsSync(join(config.dataDir, "secret"))) return null;
  return createTokenKeys(loadSecrets(config));
}

/** What erased people are known again by. */
export function loadErasureKeys(config: Pick<Config, "secrets" | "dataDir">): readonly Buffer[] {
  return createErasureKeys(loadSecrets(config));
}

/** The current secret first. */
export function loadSecrets(config: Pick<Config, "secrets" | "dataDir">): readonly string[] {
  return config.secrets.length > 0 ? config.secrets : [keptSecret(config.dataDir)];
}

function keptSecret(dataDir: string): string {
  const file = join(dataDir, "secret");
  mkdirSync(dataDir, { recursive: true });
  try {
    // Exclusive: of two processes that start at once, one writes and both read.
    writeFileSync(file, randomBytes(secretBytes).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8").trim();
}
