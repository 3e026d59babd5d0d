import type { Pool } from "pg";
import { listAuditDetails } from "../adapters/postgres/audit.ts";
import { listSubscriberFeedback } from "../adapters/postgres/feedback.ts";
import { readHeldMails, readHeldNotices, readHeldRequests } from "../adapters/postgres/reader-data.ts";
import type { ReaderRecord } from "../adapters/postgres/readers.ts";
import { showSubscriber } from "../adapters/postgres/subscribers.ts";
import { readSuppressionLog } from "../adapters/postgres/suppressions.ts";
import { isAddressProblem, parseAddress } from "../domain/address.ts";
import { csvLine } from "../lib/csv-line.ts";
import type { AuditConfig } from "./audit/record-audit.ts";
import { erasePerson } from "./erase-people.ts";

/** All that is held on one person (GDPR articles 15 and 20), as plain data. */
export async function collectReaderData(pool: Pool, reader: ReaderRecord): Promise<Readonly<Record<string, unknown>>> {
  const { addressKey } = reader;
  const [details, mails, notices, requests, suppressions, feedback, log] = await Promise.all([
    showSubscriber(pool, addressKey),
    readHeldMails(pool, reader.id),
    readHeldNotices(pool, addressKey),
    readHeldRequests(pool, addressKey, reader.id),
    readSuppressionLog(pool, [addressKey]),
    listSubscriberFeedback(pool, reader.id),
    listAuditDetails(pool, addressKey),
  ]);
  const { subscriptions = [], suppression = null, ...subscriber } = details ?? {};
  return { subscriber, subscriptions, suppression, suppressions, mails, notices, requests, feedback, log };
}

/** The same as rows: which part, its running number there, the name, the value. */
export function formatReaderCsv(data: Readonly<Record<string, unknown>>): string {
  const lines = [csvLine(["part", "number", "name", "value"])];
  for (const [part, held] of Object.entries(data)) {
    const entries = Array.isArray(held) ? held : held === null ? [] : [held];
    entries.forEach((entry: unknown, index) => {
      for (const [name, value] of Object.entries(entry as Record<string, unknown>)) {
        if (value === null || value === undefined) continue;
        lines.push(csvLine([part, String(index + 1), name, writeValue(value)]));
      }
    });
  }
  return lines.join("");
}

function writeValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Erases a person at her own wish; what remains is a hash that nobody can read (domain/erased-address.ts). */
export async function eraseReader(pool: Pool, config: AuditConfig, reader: ReaderRecord): Promise<void> {
  const address = parseAddress(reader.address);
  const wire = isAddressProblem(address) ? reader.addressKey : address.wire;
  const spellings = { key: reader.addressKey, address: reader.address, wire };
  await erasePerson(pool, config, "reader", spellings, "her own press");
}
