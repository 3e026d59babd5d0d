/**
 * The catch: an index in memory over bodies in memory or on disk, bounded by count and by bytes. The oldest go first.
 * A mail is in the index only once its bytes are safe, and its reply is sent after that.
 */
import { randomBytes } from "node:crypto";
import type { CaughtCounts, CaughtEvent, CaughtMail, CaughtMailStore } from "../../domain/caught-mail.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Bodies, StoredEnvelope } from "./bodies.ts";
import { createDistinctCounter } from "./distinct-counter.ts";
import { readHeaderText, summarizeHeader } from "./header-scan.ts";
import { createMailReader } from "./mail-reader.ts";

export interface StoreLimits {
  /** Mails kept. */
  readonly mailsMax: number;
  /** Sum of the sizes of the mails kept. */
  readonly bytesMax: number;
}

/** What the SMTP side also sees of it. */
export interface CatchingStore extends CaughtMailStore {
  /** Takes mails of an earlier run into the index, oldest first. */
  adopt(found: readonly StoredEnvelope[]): Promise<void>;
}

const repeatedMax = 1000;
const tagsMax = 20;

type Entry = { -readonly [key in keyof CaughtMail]: CaughtMail[key] };

export function createStore(options: { bodies: Bodies; limits: StoreLimits; clock: Clock }): CatchingStore {
  const { bodies, limits, clock } = options;
  const entries = new Map<string, Entry>(); // a Map keeps the order of arrival
  const listeners = new Set<(event: CaughtEvent) => void>();
  const messageIds = createDistinctCounter();
  const repeated = new Set<string>();
  const reader = createMailReader((id) => (entries.has(id) ? bodies.get(id) : Promise.resolve(undefined)));
  const token = randomBytes(4).toString("hex"); // so that an id of an earlier run never names a mail of this one
  let sequence = 0;
  const tally = { taken: 0, takenBytes: 0, keptBytes: 0, evicted: 0, removed: 0, withoutMessageId: 0 };

  function tell(event: CaughtEvent): void {
    for (const listener of listeners) listener(event);
  }

  function insert(stored: StoredEnvelope, raw: Buffer): Entry {
    const headerText = readHeaderText(raw);
    const summary = summarizeHeader(headerText);
    const { id, envelope } = stored;
    const arrivedAt = new Date(stored.arrivedAt);
    const known = { id, sequence: stored.sequence, arrivedAt, sizeBytes: raw.length, envelope, headerText };
    const entry: Entry = { ...summary, ...known, read: false, tags: [] };
    entries.set(id, entry);
    tally.taken += 1;
    tally.takenBytes += raw.length;
    tally.keptBytes += raw.length;
    if (entry.messageId === "") tally.withoutMessageId += 1;
    else if (!messageIds.add(entry.messageId) && repeated.size < repeatedMax) repeated.add(entry.messageId);
    return entry;
  }

  /** Lets go of the oldest until the limits hold; the newest always stays. */
  async function evict(): Promise<void> {
    const gone: string[] = [];
    for (const entry of entries.values()) {
      const isOver = entries.size > limits.mailsMax || tally.keptBytes > limits.bytesMax;
      if (!isOver || entries.size === 1) break;
      forget(entry);
      tally.evicted += 1;
      gone.push(entry.id);
    }
    if (gone.length === 0) return;
    await Promise.all(gone.map((id) => bodies.remove(id)));
    tell({ type: "removed", ids: gone });
  }

  function forget(entry: Entry): void {
    entries.delete(entry.id);
    reader.forget(entry.id);
    tally.keptBytes -= entry.sizeBytes;
  }

  function chosen(ids: readonly string[] | undefined): Entry[] {
    if (ids === undefined) return [...entries.values()];
    return ids.map((id) => entries.get(id)).filter((entry) => entry !== undefined);
  }

  function change(ids: readonly string[] | undefined, apply: (entry: Entry) => void): void {
    const touched = chosen(ids);
    for (const entry of touched) apply(entry);
    if (touched.length > 0) tell({ type: "changed", ids: touched.map((entry) => entry.id) });
  }

  return {
    async take(envelope, raw) {
      sequence += 1;
      const id = `${String(sequence).padStart(8, "0")}-${token}`;
      const stored = { id, sequence, arrivedAt: clock.now().toISOString(), envelope };
      await bodies.put(stored, raw);
      const entry = insert(stored, raw);
      tell({ type: "taken", mail: entry });
      await evict();
      return entry;
    },
    async adopt(found) {
      for (const stored of found) {
        const raw = await bodies.get(stored.id);
        if (raw === undefined) continue;
        sequence = Math.max(sequence, stored.sequence);
        insert(stored, raw).read = true;
      }
      await evict();
    },
    list: () => [...entries.values()].sort((first, second) => second.sequence - first.sequence),
    get: (id) => entries.get(id),
    raw: async (id) => (entries.has(id) ? bodies.get(id) : undefined),
    content: reader.content,
    part: reader.part,
    glance: reader.glance,
    async remove(ids) {
      const gone = chosen(ids);
      for (const entry of gone) forget(entry);
      tally.removed += gone.length;
      await Promise.all(gone.map((entry) => bodies.remove(entry.id)));
      if (gone.length > 0) tell({ type: "removed", ids: gone.map((entry) => entry.id) });
      return gone.length;
    },
    setRead: (ids, read) => change(ids, (entry) => void (entry.read = read)),
    setTags: (ids, tags) => change(ids, (entry) => void (entry.tags = [...new Set(tags)].slice(0, tagsMax))),
    counts: (): CaughtCounts => {
      const unread = [...entries.values()].reduce((sum, entry) => sum + (entry.read ? 0 : 1), 0);
      return { ...tally, kept: entries.size, unread, distinctMessageIds: messageIds.count() };
    },
    distinctMessageIds: () => messageIds.count(),
    repeatedMessageIds: () => [...repeated],
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
