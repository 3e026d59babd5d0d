/** The files of the embedded server: made once by initdb, checked at each start. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UnavailableError } from "../../lib/errors.ts";
import { keepOwner, type ServerAccount } from "./server-account.ts";

/** The superuser of the embedded server, and the owner of its database. */
export const embeddedUser = "broadsheet";

/** initdb takes about a second; a slow disk some ten. */
const initdbMsMax = 120_000;

export interface Cluster {
  /** The real path of PGDATA. */
  readonly folder: string;
  readonly password: string;
}

/**
 * Opens the cluster of `dataDir`, making it first where there is none. Call it with the launcher's lock held.
 * @throws UnavailableError `postgres-data-version` for another major, `postgres-password-missing`, `postgres-initdb`
 */
export async function openCluster(dataDir: string, major: number, account: ServerAccount): Promise<Cluster> {
  const link = join(dataDir, "cluster");
  removeUnfinished(dataDir);
  if (!existsSync(join(link, "PG_VERSION"))) {
    const password = readPassword(dataDir) ?? writePassword(dataDir);
    await initialise(dataDir, link, password, account);
    return { folder: realpathSync(link), password };
  }
  const found = Number.parseInt(readFileSync(join(link, "PG_VERSION"), "utf8"), 10);
  if (found !== major) {
    throw new UnavailableError(
      "postgres-data-version",
      `The data in ${dataDir} were written by PostgreSQL ${found}; this Broadsheet brings PostgreSQL ${major}, which cannot open them. ` +
        `Back them up with the Broadsheet that wrote them and restore them here, or move the folder away to start empty.`,
    );
  }
  const password = readPassword(dataDir);
  if (password === undefined) {
    throw new UnavailableError(
      "postgres-password-missing",
      `${join(dataDir, "password")} is missing, without which nobody can open the database beside it. Put the file back.`,
    );
  }
  return { folder: realpathSync(link), password };
}

/** A start that was killed in the middle leaves a draft, which nobody uses. */
function removeUnfinished(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith("draft-")) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

function readPassword(dataDir: string): string | undefined {
  const path = join(dataDir, "password");
  return existsSync(path) ? readFileSync(path, "utf8").trim() || undefined : undefined;
}

/** Hexadecimal, so that it needs no quoting in a URL. */
function writePassword(dataDir: string): string {
  const password = randomBytes(24).toString("hex");
  const path = join(dataDir, "password");
  writeFileSync(path, `${password}\n`, { mode: 0o600 });
  keepOwner(dataDir, path);
  return password;
}

async function initialise(dataDir: string, link: string, password: string, account: ServerAccount): Promise<void> {
  // Made aside and renamed at the end: what is called `cluster` is whole.
  const parent = account.clusterElsewhere ?? dataDir;
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  const draft = join(parent, `draft-${process.pid}-${randomBytes(4).toString("hex")}`);
  const passwordFile = `${draft}-password`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    account.give(draft);
    account.give(passwordFile);
    await runInitdb(draft, passwordFile, account);
    chmodSync(draft, 0o700);
    if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link, { recursive: true });
    if (account.clusterElsewhere) {
      const home = join(dirname(draft), "cluster");
      rmSync(home, { recursive: true, force: true });
      renameSync(draft, home);
      symlinkSync(home, link);
    } else renameSync(draft, link);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * The collation is PostgreSQL's own (C.UTF-8 of the builtin provider): the same order on every machine, whatever its
 * C library, so that no index breaks when the data move.
 */
function runInitdb(folder: string, passwordFile: string, account: ServerAccount): Promise<void> {
  const { file, args } = account.command("initdb", [
    `--pgdata=${folder}`,
    `--username=${embeddedUser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
  ]);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...account.identity,
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: initdbMsMax,
    });
    let said = "";
    const collect = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000));
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const fail = (why: string, cause?: unknown) =>
      reject(new UnavailableError("postgres-initdb", `PostgreSQL could not make its data folder: ${why}`, { cause }));
    child.once("error", (error) => fail(error.message, error));
    child.once("close", (code, signal) =>
      code === 0 ? resolve() : fail(`${said.trim() || "it said nothing"} (${signal ?? code})`),
    );
  });
}
