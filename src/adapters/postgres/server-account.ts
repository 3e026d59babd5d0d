/**
 * PostgreSQL refuses to run as root. As root we run it in a user namespace, where our files appear as those of user 1000:
 * nothing changes hands, and a project under /root (mode 0700) works. Where namespaces are forbidden (many containers)
 * it runs as an unprivileged user, from a copy of the programs and in a folder that this user can reach.
 */
import { createHash } from "node:crypto";
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { UnavailableError } from "../../lib/errors.ts";
import { restoreSymlinks } from "../../lib/restore-symlinks.mjs";
import { type EmbeddedBinaries, probe, programPath } from "./embedded-binaries.ts";

/** How to run PostgreSQL's programs here. */
export interface ServerAccount {
  /** In a word for the log. */
  readonly how: "as this user" | "as the owner of its folder" | "in a user namespace" | "as an unprivileged user";
  readonly binariesFolder: string;
  /** What to spawn for a program with arguments. */
  command(program: "postgres" | "initdb", args: readonly string[]): { file: string; args: string[] };
  /** For spawn's options: empty unless the program runs as another user. */
  readonly identity: { uid?: number; gid?: number };
  /** Gives a file or folder to the user who runs the server. */
  give(path: string): void;
  /** Where the cluster must stand if the data folder cannot be reached by that user. */
  readonly clusterElsewhere?: string;
}

/** Written out because PATH may be trimmed to Node alone. */
const unshareCandidates = ["unshare", "/usr/bin/unshare", "/bin/unshare"];

/** `nobody` on Debian, Fedora and Alpine alike. */
const unprivilegedId = 65_534;

/** Where root may keep what other users can read; made only when a namespace is not to be had. */
const sharedFolder = "/var/lib/broadsheet";

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Finds a way that works here by trying it.
 * @param dataDir an existing folder of ours
 * @throws UnavailableError `postgres-account` when there is none, with each reason
 */
export async function chooseServerAccount(
  binaries: EmbeddedBinaries,
  dataDir: string,
  options: { readonly allowNamespace?: boolean } = {},
): Promise<ServerAccount> {
  const reasons: string[] = [];
  const inNamespace = async (folder: string, identity: Identity) => {
    for (const unshare of options.allowNamespace === false ? [] : unshareCandidates) {
      const account = namespaced(unshare, folder, identity);
      const { file, args } = account.wrap("/bin/sh", [...canUse, programPath(folder, "postgres"), dataDir]);
      const tried = await probe(file, args, identity);
      if (tried.works) return account;
      reasons.push(`${unshare}: ${tried.reason}`);
    }
    return undefined;
  };

  if (process.getuid?.() !== 0) {
    const folder = binaries.linksMissing ? copyBinaries(binaries, join(dataDir, "programs")) : binaries.folder;
    if (process.getuid === undefined || isNamed(process.getuid())) return direct("as this user", folder, {});
    return (await inNamespace(folder, {})) ?? direct("as this user", folder, {});
  }

  const home = binaries.linksMissing ? copyBinaries(binaries, sharedFolder) : binaries.folder;
  const { uid, gid } = statSync(join(dataDir, "cluster"), { throwIfNoEntry: false }) ?? statSync(dataDir);
  if (uid !== 0) {
    const folder = await reachableBinaries(binaries, home, { uid, gid });
    const named = direct("as the owner of its folder", folder, { uid, gid });
    return isNamed(uid) ? named : ((await inNamespace(folder, { uid, gid })) ?? named);
  }
  const account = await inNamespace(home, {});
  if (account) return account;
  const identity = { uid: unprivilegedId, gid: unprivilegedId };
  const folder = await reachableBinaries(binaries, home, identity);
  const tried = await probe(programPath(folder, "postgres"), ["--version"], identity);
  if (!tried.works) {
    reasons.push(`user ${unprivilegedId}: ${tried.reason}`);
    throw new UnavailableError(
      "postgres-account",
      `The embedded PostgreSQL cannot run as root, and no other way works here (${reasons.join("; ")}). ` +
        "Run Broadsheet as an ordinary user, or set DATABASE_URL.",
    );
  }
  const unprivileged = direct("as an unprivileged user", folder, identity);
  if ((await probe("/bin/sh", ["-c", 'test -x "$1"', "sh", dataDir], identity)).works) return unprivileged;
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
  return { ...unprivileged, clusterElsewhere: join(sharedFolder, "clusters", name) };
}

/** Arguments of /bin/sh, followed by the program and the folder. */
const canUse = ["-c", '"$1" --version && test -w "$2"', "sh"];

async function reachableBinaries(binaries: EmbeddedBinaries, folder: string, identity: Identity): Promise<string> {
  const tried = await probe(programPath(folder, "postgres"), ["--version"], identity);
  return tried.works ? folder : copyBinaries(binaries, sharedFolder);
}

/** What root makes in somebody's data folder stays that person's, so that both can start the server. */
export function keepOwner(dataDir: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dataDir);
  if (uid !== 0) chownSync(path, uid, gid);
}

function direct(how: ServerAccount["how"], folder: string, identity: Identity): ServerAccount {
  return {
    how,
    binariesFolder: folder,
    identity,
    command: (program, args) => ({ file: programPath(folder, program), args: [...args] }),
    give: (path) => giveTo(identity, path),
  };
}

function namespaced(unshare: string, folder: string, identity: Identity) {
  const insideId = findNamedId();
  const wrap = (file: string, args: readonly string[]) => ({
    file: unshare,
    args: ["--user", `--map-user=${insideId}`, `--map-group=${insideId}`, file, ...args],
  });
  return {
    how: "in a user namespace" as const,
    binariesFolder: folder,
    identity,
    command: (program: "postgres" | "initdb", args: readonly string[]) => wrap(programPath(folder, program), args),
    give: (path: string) => giveTo(identity, path),
    wrap,
  };
}

function giveTo({ uid, gid }: Identity, path: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** initdb asks for the name of its user; containers often run as a number without one. */
function isNamed(uid: number): boolean {
  return readNamedIds().includes(uid);
}

/** Inside a namespace any number will do that has a name. */
function findNamedId(): number {
  const ids = readNamedIds().filter((id) => id > 0);
  return ids.find((id) => id === 1_000) ?? ids[0] ?? 1_000;
}

function readNamedIds(): number[] {
  try {
    const lines = readFileSync("/etc/passwd", "utf8").split("\n");
    return lines.map((line) => Number(line.split(":")[2])).filter((id) => Number.isInteger(id));
  } catch {
    // Not a system with /etc/passwd, or an unreadable one: nobody is known to have a name.
    return [];
  }
}

/** Copies the 60 MB once per version; a half-made copy never carries the final name. */
function copyBinaries(binaries: EmbeddedBinaries, parent: string): string {
  const version = readFileSync(join(binaries.folder, "..", "package.json"), "utf8");
  const name = `postgres-${createHash("sha256").update(version).digest("hex").slice(0, 12)}`;
  const target = join(parent, name);
  if (existsSync(target)) return join(target, "native");
  const draft = join(parent, `${name}.${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  cpSync(binaries.folder, join(draft, "native"), { recursive: true, verbatimSymlinks: true });
  restoreSymlinks(draft, join("native", "pg-symlinks.json"));
  renameSync(draft, target);
  return join(target, "native");
}
