/** The programs that some tests need besides Node: where they are, and how one gets them. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

interface Program {
  /** Any of these will do. */
  readonly names: readonly string[];
  /** The Debian package. */
  readonly debian: string;
  /** What it must run with exit code 0, where its being there is not enough. */
  readonly probe?: readonly string[];
}

const programs = {
  "redis-server": { names: ["redis-server", "valkey-server"], debian: "redis-server" },
  chromium: { names: ["chromium", "chromium-browser", "google-chrome"], debian: "chromium fonts-dejavu-core" },
  "smtp-sink": { names: ["smtp-sink"], debian: "postfix" },
  postfix: { names: ["postfix"], debian: "postfix" },
  "opendkim-testmsg": { names: ["opendkim-testmsg"], debian: "opendkim-tools" },
  "python3-dkim": {
    names: ["python3"],
    debian: "python3-dkim python3-nacl",
    probe: ["-c", "import dkim, nacl.signing"],
  },
  python3: { names: ["python3"], debian: "python3" },
  spamassassin: { names: ["spamassassin"], debian: "spamassassin" },
  swaks: { names: ["swaks"], debian: "swaks" },
  openssl: { names: ["openssl"], debian: "openssl" },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;

/** Debian keeps servers there, and leaves them off the PATH of an ordinary user. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Where Debian's own Python is, when another one stands before it on the PATH: only it knows Debian's packages. */
const debianFolder = "/usr/bin";

/** Starting Python on a busy machine takes some seconds at worst. */
const probeMsMax = 20_000;

/**
 * The program's path, or undefined after one line (once per run) that names the command to install it.
 * With BROADSHEET_TEST_FORBID_SKIPS=1 a missing one is an error.
 */
export function findProgram(name: ProgramName, runFolder: string): string | undefined {
  const program: Program = programs[name];
  const path = findOnPath(program.names, program.probe ? [...systemFolders, debianFolder] : systemFolders).find(
    (found) => !program.probe || spawnSync(found, program.probe, { timeout: probeMsMax }).status === 0,
  );
  if (path !== undefined) return path;
  reportMissing(name, program, runFolder);
  return undefined;
}

function findOnPath(names: readonly string[], besides: readonly string[]): string[] {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...besides].filter((folder) => folder !== "");
  const paths = new Set(names.flatMap((name) => folders.map((folder) => join(folder, name))));
  return [...paths].filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function reportMissing(name: ProgramName, program: Program, runFolder: string): void {
  const line = `SKIPPED: the tests that need ${name} do not run here. Debian: apt-get install ${program.debian}`;
  if (process.env["BROADSHEET_TEST_FORBID_SKIPS"] === "1") {
    throw new Error(`${line} (BROADSHEET_TEST_FORBID_SKIPS=1 makes this an error)`);
  }
  try {
    // Test files run in several processes: whoever makes the file says it.
    writeFileSync(join(runFolder, `missing-${name}`), "", { flag: "wx" });
    process.stderr.write(`\n*** ${line} ***\n\n`);
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
}
