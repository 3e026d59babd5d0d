import type { ImapFlow } from "imapflow";
import { messageOf, UnavailableError } from "../../lib/errors.ts";

export interface ImapMailbox {
  /**
   * Gives every mail of the mailbox to `handle` and moves it away when that is done: to "Processed", or to "Kept" where
   * `handle` says so. One that fails stays and is tried at the next poll; none is deleted.
   * @returns how many were moved
   * Errors: `UnavailableError` `imap-unavailable`, without the password
   */
  poll(handle: (raw: Buffer) => Promise<"processed" | "kept">, signal?: AbortSignal): Promise<number>;
}

/** One poll holds the connection this long at most; what is left waits for the next. */
const mailsMax = 500;
/** The same as the listener takes. */
const mailBytesMax = 20 * 1024 * 1024;
/** Says nothing for this long: gone. */
const silenceMs = 60_000;

/** What a mailbox has to do; imapflow does it, and tests may. */
export type ImapClient = Pick<
  ImapFlow,
  | "connect"
  | "getMailboxLock"
  | "search"
  | "fetchOne"
  | "messageMove"
  | "mailboxCreate"
  | "list"
  | "logout"
  | "close"
  | "on"
>;

/**
 * @param url `imaps://user:password@host:993/INBOX`
 * @param connect makes a client; another one than imapflow only in tests
 */
export function createImapMailbox(url: string, connect: (url: URL) => Promise<ImapClient> = createClient): ImapMailbox {
  const parsed = new URL(url);
  const folder = decodeURIComponent(parsed.pathname.slice(1)) || "INBOX";
  return {
    async poll(handle, signal) {
      const client = await connect(parsed);
      // A connection that breaks later is told by the call that meets it.
      client.on("error", () => {});
      try {
        await client.connect();
        const targets = await prepareFolders(client);
        const lock = await client.getMailboxLock(folder);
        try {
          return await empty(client, targets, handle, signal);
        } finally {
          lock.release();
        }
      } catch (cause) {
        const place = `${parsed.hostname}${parsed.port === "" ? "" : `:${parsed.port}`}/${folder}`;
        throw new UnavailableError("imap-unavailable", `The mailbox ${place} cannot be read: ${messageOf(cause)}`, {
          cause,
        });
      } finally {
        await client.logout().catch(() => client.close());
      }
    },
  };
}

async function empty(
  client: ImapClient,
  targets: Readonly<Record<"processed" | "kept", string>>,
  handle: (raw: Buffer) => Promise<"processed" | "kept">,
  signal: AbortSignal | undefined,
): Promise<number> {
  const found = await client.search({ all: true }, { uid: true });
  let moved = 0;
  for (const uid of (found || []).slice(0, mailsMax)) {
    if (signal?.aborted) break;
    const fetched = await client.fetchOne(String(uid), { source: { maxLength: mailBytesMax } }, { uid: true });
    if (!fetched || !fetched.source) continue;
    let target: "processed" | "kept";
    try {
      target = await handle(fetched.source);
    } catch {
      continue; // It stays where it is; the caller has logged why.
    }
    // After its effects: a crash in between repeats them, which does no harm.
    await client.messageMove(String(uid), targets[target], { uid: true });
    moved += 1;
  }
  return moved;
}

async function prepareFolders(client: ImapClient): Promise<Readonly<Record<"processed" | "kept", string>>> {
  const folders = await client.list();
  const delimiter = folders[0]?.delimiter ?? "/";
  const known = new Set(folders.map(({ path }) => path));
  const ensure = async (name: string): Promise<string> => {
    // Some servers keep everything under INBOX.
    for (const path of [`Broadsheet${delimiter}${name}`, `INBOX${delimiter}Broadsheet${delimiter}${name}`])
      if (known.has(path)) return path;
    return (await client.mailboxCreate(["Broadsheet", name])).path;
  };
  return { processed: await ensure("Processed"), kept: await ensure("Kept") };
}

async function createClient(url: URL): Promise<ImapClient> {
  // 200 ms and more memory than the rest of the worker: only where there is a mailbox.
  const { ImapFlow } = await import("imapflow");
  const secure = url.protocol === "imaps:";
  return new ImapFlow({
    host: url.hostname,
    port: Number(url.port || (secure ? 993 : 143)),
    secure,
    auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    logger: false,
    socketTimeout: silenceMs,
    greetingTimeout: 15_000,
    connectionTimeout: 15_000,
    // What goes over a network in the clear is only what is said outright to do so: loopback.
    ...(secure || /^(?:localhost|127\..*|\[?::1\]?)$/.test(url.hostname) ? {} : { doSTARTTLS: true }),
  });
}
