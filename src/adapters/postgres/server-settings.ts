/** The embedded server's settings, given on its command line so that a newer Broadsheet can change them. */

export const ledgerSettings: Readonly<Record<string, string>> = {
  // A claim that a crash forgets is a second copy in somebody's inbox.
  synchronous_commit: "on",
  // Enough for the ledger's hot pages, little enough for a laptop; the system's own cache does the rest.
  shared_buffers: "128MB",
  // Some ten processes with pools of up to ten.
  max_connections: "100",
  // A plan of a million rows writes some 500 MB of log; with the default of 1 GB it ran into checkpoints.
  max_wal_size: "2GB",
  // Its compile time exceeds the run time of every statement we have.
  jit: "off",
  // Nobody replicates from here, and a table filled in the transaction that made it needs no log.
  wal_level: "minimal",
  max_wal_senders: "0",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  log_min_messages: "warning",
  log_line_prefix: "%m [%p] %a ",
};

/** A socket's address holds 107 bytes and a final zero (unix(7), sun_path). */
const socketPathBytesMax = 107;

/** `.s.PGSQL.` and a port of five digits. */
const socketNameBytes = Buffer.byteLength("/.s.PGSQL.65535");

/** Where the unix socket goes: the cluster's folder, or nowhere where its path is too long or would be read as a list. */
export function socketFolder(cluster: string): string {
  const fits = Buffer.byteLength(cluster) + socketNameBytes <= socketPathBytesMax;
  return fits && !/[,"]/.test(cluster) ? cluster : "";
}

/** The arguments of `postgres`: only this machine may connect. */
export function serverArguments(cluster: string, port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    ...ledgerSettings,
    ...settings,
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: socketFolder(cluster),
    unix_socket_permissions: "0700",
  };
  return ["-D", cluster, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}
