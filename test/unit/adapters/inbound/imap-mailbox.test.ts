import { expect, it } from "vitest";
import { createImapMailbox, type ImapClient } from "../../../../src/adapters/inbound/imap-mailbox.ts";

/*
 * Against a stand-in for imapflow: what is moved where and when. That imapflow speaks IMAP as servers do is its own tests'
 * part; no IMAP server runs here.
 */
function createFakeServer(mails: Map<number, string>) {
  const moves: [uid: string, folder: string][] = [];
  const folders = [{ path: "INBOX", delimiter: "." }];
  let sessions = 0;
  const client = {
    on: () => client,
    connect: () => Promise.resolve(void (sessions += 1)),
    logout: () => Promise.resolve(void (sessions -= 1)),
    close: () => {},
    list: () => Promise.resolve(folders),
    mailboxCreate: (path: string[]) => {
      folders.push({ path: path.join("."), delimiter: "." });
      return Promise.resolve({ path: path.join("."), created: true });
    },
    getMailboxLock: (path: string) => Promise.resolve({ path, release: () => {} }),
    search: () => Promise.resolve([...mails.keys()]),
    fetchOne: (uid: string) => Promise.resolve({ uid: Number(uid), source: Buffer.from(mails.get(Number(uid)) ?? "") }),
    messageMove: (uid: string, folder: string) => {
      mails.delete(Number(uid));
      moves.push([uid, folder]);
      return Promise.resolve(true);
    },
  };
  const mailbox = createImapMailbox("imaps://user:secret@imap.example.com/INBOX", () =>
    Promise.resolve(client as unknown as ImapClient),
  );
  return { mailbox, mails, moves, folders, client, openSessions: () => sessions };
}

it("moves each mail after it was carried out, and leaves one that fails where it is", async () => {
  const server = createFakeServer(
    new Map([
      [1, "a bounce"],
      [2, "one that fails"],
      [5, "a stray one"],
    ]),
  );
  const handled: string[] = [];
  const handle = (raw: Buffer): Promise<"processed" | "kept"> => {
    handled.push(`${raw.toString()} with ${server.moves.length} moved`);
    if (raw.toString().includes("fails")) return Promise.reject(new Error("the database is away"));
    return Promise.resolve(raw.toString().includes("stray") ? "kept" : "processed");
  };
  expect(await server.mailbox.poll(handle)).toBe(2);
  expect(handled).toEqual(["a bounce with 0 moved", "one that fails with 1 moved", "a stray one with 1 moved"]);
  expect(server.moves).toEqual([
    ["1", "Broadsheet.Processed"],
    ["5", "Broadsheet.Kept"],
  ]);
  expect([...server.mails.keys()]).toEqual([2]);
  expect(server.openSessions()).toBe(0);
  // Folders are made once.
  await server.mailbox.poll(() => Promise.resolve("processed"));
  expect(server.folders.map(({ path }) => path)).toEqual(["INBOX", "Broadsheet.Processed", "Broadsheet.Kept"]);
  expect(server.mails.size).toBe(0);
});

it("says which mailbox can't be read, and never its password", async () => {
  const server = createFakeServer(new Map());
  server.client.connect = () => Promise.reject(new Error("connection refused"));
  await expect(server.mailbox.poll(() => Promise.resolve("processed"))).rejects.toThrow(
    "The mailbox imap.example.com/INBOX cannot be read: connection refused",
  );
});
