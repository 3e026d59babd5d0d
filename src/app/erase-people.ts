import type { Readable } from "node:stream";
import type { Pool } from "pg";
import { eraseAgain, eraseSubscriber, type Erasure } from "../adapters/postgres/erase-subscriber.ts";
import { findSubscriber } from "../adapters/postgres/subscribers.ts";
import { isAddressProblem, parseAddress, type Address } from "../domain/address.ts";
import type { Actor } from "../domain/audit.ts";
import { audited, noteAudit, type AuditConfig } from "./audit/record-audit.ts";
import { importSuppressionFile, type SuppressionImport } from "./import-suppressions.ts";
import { requireReader } from "./save-subscriber.ts";
import { loadErasureKeys } from "./secret.ts";

/** Who did it, for the log of suppressions. */
const byHand = "command line";

/**
 * Erases a person, as somebody whom the audit log names; the hash is kept of one who was never known, too. What the log keeps
 * is a number that nobody has any more.
 * @param source who did it, for the log of suppressions
 */
export async function erasePerson(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  address: Pick<Address, "key" | "address" | "wire">,
  source: string,
): Promise<Erasure> {
  const { erasure } = await audited(
    pool,
    config,
    async (client) => {
      const known = await findSubscriber(client, address.key);
      return { known, erasure: await eraseSubscriber(client, address, loadErasureKeys(config), source) };
    },
    ({ known, erasure: { deliveries } }) => ({
      actor,
      action: "subscriber-erased",
      subject: known ? `subscriber:${known.id}` : "",
      facts: { known: known !== null, deliveries },
    }),
  );
  return erasure;
}

/**
 * The same for somebody known by a number.
 * @throws InputError `unknown-subscriber`
 */
export async function erasePersonById(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  id: number,
  source: string,
): Promise<Erasure> {
  const { address, addressKey: key } = await requireReader(pool, id);
  const parsed = parseAddress(address);
  const wire = isAddressProblem(parsed) ? key : parsed.wire;
  return erasePerson(pool, config, actor, { key, address, wire }, source);
}

/** The same on the command line. */
export async function eraseByHand(pool: Pool, config: AuditConfig, address: Address): Promise<Erasure> {
  return erasePerson(pool, config, "command", address, byHand);
}

export interface ErasedAgain extends SuppressionImport {
  /** How many people were there again, and are gone. */
  readonly erased: number;
}

/**
 * After a restore: takes the hashes of erased people out of a file, such as an export of the suppressions that is newer than
 * the backup, and erases everyone again whom one of them means, or one that stands here already. Other lines are passed over.
 * The hashes mean nobody under another `SECRET_KEY` than theirs.
 * @param file a path, or how to call the stream in messages
 * @throws InputError with the place, when the file as a whole can't be used
 */
export async function eraseListed(
  pool: Pool,
  config: AuditConfig,
  file: string,
  stream?: Readable,
): Promise<ErasedAgain> {
  const imported = await importSuppressionFile(pool, file, {
    ...(stream ? { stream } : {}),
    only: ({ reason }) => reason === "erased",
  });
  const erased = await eraseAgain(pool, loadErasureKeys(config), byHand);
  await noteAudit(pool, config, {
    actor: "command",
    action: "subscribers-erased",
    subject: "",
    facts: { hashes: imported.added + imported.unchanged, erased },
  });
  return { ...imported, erased };
}
