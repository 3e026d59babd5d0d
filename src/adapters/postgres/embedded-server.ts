/**
 * The PostgreSQL that runs when no DATABASE_URL is set. Its server outlives a killed parent, so a start first looks for a
 * running one and adopts it. Several processes may share it: whoever stops last shuts it down.
 *
 * In the data folder: `cluster` (PGDATA, or a link to it), `password`, `server.log`, `port` (the last one, used again so
 * that addresses stay good over a crash), `users`, and `launcher.lock` while somebody starts or stops.
 */
import { accessSync, constants, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { messageOf, UnavailableError } from "../../lib/errors.ts";
import { acquireFileLock } from "../../lib/file-lock.mjs";
import { type Cluster, embeddedUser, openCluster } from "./cluster.ts";
import { findEmbeddedBinaries } from "./embedded-binaries.ts";
import { adoptOrLaunch, ensureDatabase, shutDownServer } from "./postmaster.ts";
import { chooseServerAccount } from "./server-account.ts";
import { joinServerUsers } from "./server-users.ts";

export interface EmbeddedServer {
  /** `postgresql://user:password@127.0.0.1:port/broadsheet`: holds the password, so it never goes into a log. */
  readonly url: string;
  /** Whether the server ran already, left by a killed process or used by another one. */
  readonly adopted: boolean;
  /** Leaves the server; the last to leave shuts it down, and nothing of it runs on. Every call gives the same promise. */
  stop(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** A folder of its own for this server; made where missing. */
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Settings of PostgreSQL on top of ours, for tests and drills. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False: as root, never use a user namespace (to try the other way). */
  readonly allowNamespace?: boolean;
}

const databaseName = "broadsheet";

/** Another start may be making its cluster (seconds) or recovering after a crash (bounded in postmaster.ts). */
const lockMsMax = 180_000;

/**
 * Starts or adopts the server of `dataDir`. Takes 0.1 s, the first time about a second.
 * @throws UnavailableError with codes `postgres-*`, when it cannot be had, with the reason and what to do
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const dataDir = prepareFolder(options.dataDir);
  const lock = await lockLauncher(dataDir);
  try {
    const binaries = findEmbeddedBinaries();
    const accountOptions = options.allowNamespace === undefined ? {} : { allowNamespace: options.allowNamespace };
    const account = await chooseServerAccount(binaries, dataDir, accountOptions);
    const cluster = await openCluster(dataDir, binaries.major, account);
    const urlFor = (port: number) => urlOf(cluster, port, "postgres");
    const { port, adopted } = await adoptOrLaunch({
      dataDir,
      cluster,
      account,
      settings: options.settings ?? {},
      urlFor,
    });
    await ensureDatabase(urlFor(port), databaseName);
    const user = joinServerUsers(dataDir);
    options.log(
      adopted
        ? `PostgreSQL was already running on port ${port}; using it.`
        : `PostgreSQL ${binaries.major} runs on port ${port} (${account.how}).`,
    );
    let stopping: Promise<void> | undefined;
    return {
      url: urlOf(cluster, port, databaseName),
      adopted,
      stop: () => (stopping ??= leave(dataDir, cluster, user.leave, options.log)),
    };
  } finally {
    lock.release();
  }
}

async function leave(
  dataDir: string,
  cluster: Cluster,
  leaveUsers: () => number,
  log: (line: string) => void,
): Promise<void> {
  const lock = await lockLauncher(dataDir);
  try {
    const others = leaveUsers();
    if (others > 0) return log("PostgreSQL stays up for another process that uses it.");
    await shutDownServer(cluster.folder);
    log("PostgreSQL has stopped.");
  } finally {
    lock.release();
  }
}

function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgresql://${embeddedUser}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

function prepareFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(path);
  } catch (cause) {
    throw new UnavailableError(
      "postgres-data-folder",
      `The database folder ${path} cannot be used (${messageOf(cause)}). If another user made it, take it over (chown) or use a folder of your own.`,
      { cause },
    );
  }
}

async function lockLauncher(dataDir: string) {
  try {
    return await acquireFileLock(join(dataDir, "launcher.lock"), { waitMs: lockMsMax });
  } catch (cause) {
    throw new UnavailableError("postgres-locked", `The database folder stays locked: ${messageOf(cause)}.`, { cause });
  }
}
