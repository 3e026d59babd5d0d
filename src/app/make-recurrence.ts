import type { Pool } from "pg";
import { canApprove } from "../adapters/postgres/approvals.ts";
import { findList } from "../adapters/postgres/lists.ts";
import { addRecurrence, removeRecurrence, type NewRecurrence } from "../adapters/postgres/recurrences.ts";
import { nextOccurrence } from "../campaign/recurrence.ts";
import type { Actor } from "../domain/audit.ts";
import { parseSegment } from "../domain/segment-parse.ts";
import { readZone } from "../domain/time-zone.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError } from "../lib/errors.ts";
import { audited, type AuditConfig } from "./audit/record-audit.ts";

export interface AskedRecurrence {
  readonly folder: string;
  readonly cron: string;
  /** The list's zone where it is `null`. */
  readonly tz: string | null;
  readonly list: string;
  readonly segment: string | null;
  /** Whether only what was approved goes out; `null` where there are the people for it. */
  readonly needsApproval: boolean | null;
}

/** @throws InputError `list-unknown`, `unknown-zone`, `bad-cron`, or what the segment lacks */
export async function makeRecurrence(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  asked: AskedRecurrence,
): Promise<Omit<NewRecurrence, "listId"> & { readonly id: number }> {
  const list = await findList(pool, asked.list);
  const zone = readZoneOrFail(asked.tz ?? list.zone);
  if (asked.segment !== null) parseSegment(asked.segment);
  const { cron, folder, segment } = asked;
  const nextAt = nextOccurrence(cron, zone, systemClock.now());
  const needsApproval = asked.needsApproval ?? (await canApprove(pool));
  const about = { cron, zone, folder, segment, needsApproval, nextAt };
  const id = await audited(
    pool,
    config,
    (client) => addRecurrence(client, { ...about, listId: list.id }),
    (made) => ({
      actor,
      action: "recurrence-made",
      subject: `recurrence:${made}`,
      facts: { list: list.slug, cron, zone },
    }),
  );
  return { id, ...about };
}

/** What it planned stays planned. @throws InputError `unknown-recurrence` */
export async function endRecurrence(pool: Pool, config: AuditConfig, actor: Actor, id: number): Promise<void> {
  await audited(
    pool,
    config,
    (client) => removeRecurrence(client, id),
    () => ({ actor, action: "recurrence-removed", subject: `recurrence:${id}` }),
  );
}

function readZoneOrFail(written: string): string {
  const read = readZone(written);
  if ("problem" in read) throw new InputError({ code: "unknown-zone", message: `--tz: ${read.problem}.` });
  return read.zone;
}
