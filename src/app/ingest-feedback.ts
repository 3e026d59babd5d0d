import type { Readable } from "node:stream";
import { inTransaction } from "../adapters/postgres/transaction.ts";
import type { Finding } from "../feedback/report.ts";
import {
  addApplied,
  createFeedbackApplier,
  nothingApplied,
  type Applied,
  type FeedbackApplier,
} from "./apply-feedback.ts";
import type { Config } from "./config.ts";
import { openDatabase, type Database } from "./database.ts";
import { createLogger } from "./log.ts";
import { createMailReader } from "./read-mail.ts";
import { readMailFiles } from "./read-mail-files.ts";
import { findTokenKeys } from "./secret.ts";

export interface IngestCall {
  /** A file, a folder, or "-" for `input`. */
  readonly path: string;
  readonly input: Readable;
  /** Only reads: no database is opened. */
  readonly dryRun: boolean;
  /** Told every mail's findings, in order. */
  readonly onFindings: (findings: readonly IngestedFinding[]) => void;
}

export type IngestedFinding = Pick<
  Finding,
  "kind" | "hard" | "recipient" | "status" | "diagnostic" | "action" | "campaign" | "delivery"
>;

export interface Ingested {
  readonly mails: number;
  readonly findings: number;
  readonly applied: Applied;
}

/**
 * Reads reports and acts on those that are proven to be about deliveries of ours. The database is opened for the first of
 * them, and not before: reading needs none.
 * @throws InputError `file-unreadable`
 */
export async function ingestFeedback(config: Config, call: IngestCall): Promise<Ingested> {
  const read = createMailReader(findTokenKeys(config));
  let open: { readonly database: Database; readonly applier: FeedbackApplier } | null = null;
  let mails = 0;
  let findings = 0;
  let applied = nothingApplied;
  try {
    for await (const raw of readMailFiles(call.path, call.input)) {
      const { report, identity } = read(raw);
      mails += 1;
      findings += report.findings.length;
      call.onFindings(report.findings);
      const ours = report.findings.filter((finding) => finding.trust !== null);
      if (ours.length === 0 || call.dryRun) continue;
      open ??= await openApplier(config);
      const { database, applier } = open;
      const arrival = { source: "file", identity, findings: ours, raw } as const;
      applied = addApplied(applied, await inTransaction(database.pool, (client) => applier.apply(client, arrival)));
    }
  } finally {
    await open?.database.stop();
  }
  return { mails, findings, applied };
}

async function openApplier(config: Config): Promise<{ database: Database; applier: FeedbackApplier }> {
  const log = createLogger({ logLevel: config.logLevel === "info" ? "warn" : config.logLevel }, "broadsheet");
  const database = await openDatabase(config, log, "broadsheet-ingest");
  return { database, applier: createFeedbackApplier(database.pool, config.haltComplaintShare) };
}
