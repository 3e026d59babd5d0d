import { noteAudit } from "../app/audit/record-audit.ts";
import type { NewAuditEntry } from "../domain/audit.ts";
import type { CommandContext } from "./with-installation.ts";

/** Writes into the audit log what a command has just changed. */
export async function noteCommand(
  { pool, config }: CommandContext,
  action: NewAuditEntry["action"],
  subject: string,
  facts: NonNullable<NewAuditEntry["facts"]> = {},
): Promise<void> {
  await noteAudit(pool, config, { actor: "command", action, subject, facts });
}
