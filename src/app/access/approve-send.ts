/**
 * A send takes two people: one proposes it, another approves exactly that. What was approved is named by a hash of the
 * digest, the list, the segment, the schedule, the policy and all else that was asked for, and worked out anew before each step.
 */
import { createHash } from "node:crypto";
import type { Pool } from "pg";
import {
  addApproval,
  approve,
  findApproval,
  voidApproval,
  type Approval,
  type ProposalOptions,
  type ProposedFlight,
} from "../../adapters/postgres/approvals.ts";
import type { User } from "../../domain/access.ts";
import type { Finding } from "../../check/finding.ts";
import { InputError } from "../../lib/errors.ts";
import { audited } from "../audit/record-audit.ts";
import { checkIssues } from "../check-issues.ts";
import type { Config } from "../config.ts";
import { reportFlight, type FlightReport } from "../flight-plan.ts";
import { dryRunSend, planSend, prepareSend, type PreparedSend, type SendOptions } from "../send-issue.ts";

/** What a form asks for; an empty text is left out. */
export interface ProposedSend {
  /** The file's name in issues/, and where it lies. */
  readonly issueKey: string;
  readonly issueFile: string;
  readonly list: string;
  readonly segment: string | null;
  readonly at: string | null;
  readonly tz: string | null;
  readonly options?: ProposalOptions;
}

/**
 * Makes the flight plan and keeps it for somebody else to approve. Nothing is planned yet.
 * @returns the proposal's number
 * @throws InputError whatever `prepareSend` finds wrong
 */
export async function proposeSend(pool: Pool, config: Config, author: User, send: ProposedSend): Promise<number> {
  const prepared = await prepareSend(pool, config, optionsOf(send, send.list));
  const forecast = await dryRunSend(pool, prepared);
  const skipped = [...forecast.skipped].map(([reason, count]) => ({ reason, count }));
  const { findings } = await checkIssues([send.issueFile], config);
  const proposal = {
    issueKey: send.issueKey,
    issueSlug: prepared.digest.issueSlug,
    listSlug: send.list,
    segment: send.segment,
    at: send.at,
    tz: send.tz,
    options: send.options ?? {},
    flight: keepFlight(await reportFlight(pool, config, prepared, forecast), findings),
    digestId: prepared.digest.id,
    binding: bindingOf(prepared, send),
    planned: forecast.planned,
    toSend: forecast.planned - skipped.reduce((sum, entry) => sum + entry.count, 0),
    skipped,
    authorId: author.id,
  };
  return audited(
    pool,
    config,
    (client) => addApproval(client, proposal),
    (id) => ({
      actor: `user:${author.id}`,
      action: "send-proposed",
      subject: `send:${id}`,
      facts: { issue: proposal.issueSlug, list: send.list, toSend: proposal.toSend, binding: proposal.binding },
    }),
  );
}

/**
 * Approves what was proposed, if it still is that.
 * @throws InputError `own-proposal`, `approval-void`, `not-open`, or whatever `prepareSend` finds wrong
 */
export async function approveSend(
  pool: Pool,
  config: Config,
  approver: User,
  id: number,
  issueFile: string,
): Promise<void> {
  const approval = await requireApproval(pool, id);
  if (approval.authorId === approver.id)
    throw new InputError({
      code: "own-proposal",
      message: "You proposed this send yourself; somebody else has to approve it.",
    });
  await prepareAsApproved(pool, config, approval, issueFile);
  const isApproved = await audited(
    pool,
    config,
    (client) => approve(client, id, approver.id),
    (done) =>
      done
        ? {
            actor: `user:${approver.id}`,
            action: "send-approved",
            subject: `send:${id}`,
            facts: { binding: approval.binding },
          }
        : null,
  );
  if (!isApproved) throw new InputError({ code: "not-open", message: "This proposal is no longer open." });
}

/**
 * Plans an approved send; the workers do the rest.
 * @param starter who pressed; `null` for a recurrence whose time has come
 * @returns the campaign
 * @throws InputError `not-approved`, `approval-void`, `already-planned`, or whatever `prepareSend` finds wrong
 */
export async function startApprovedSend(
  pool: Pool,
  config: Config,
  starter: User | null,
  id: number,
  issueFile: string,
): Promise<number> {
  const approval = await requireApproval(pool, id);
  if (!approval.approvedAt)
    throw new InputError({ code: "not-approved", message: "Nobody has approved this send yet." });
  const prepared = await prepareAsApproved(pool, config, approval, issueFile);
  // Two who press at once: the plan itself refuses an issue that was planned for the list.
  const { campaign } = await planSend(pool, config, starter ? `user:${starter.id}` : "system", prepared, id);
  return campaign;
}

/** @throws InputError `unknown-proposal`, `not-open` */
export async function withdrawSend(pool: Pool, config: Config, user: User, id: number): Promise<void> {
  await requireApproval(pool, id);
  const isWithdrawn = await audited(
    pool,
    config,
    (client) => voidApproval(client, id, `withdrawn by ${user.name}.`),
    (done) => (done ? { actor: `user:${user.id}`, action: "send-withdrawn", subject: `send:${id}` } : null),
  );
  if (!isWithdrawn) throw new InputError({ code: "not-open", message: "This send is no longer open." });
}

/** How many would be sent to at this moment: members come and go after an approval. @throws as `startApprovedSend` */
export async function countApprovedSend(
  pool: Pool,
  config: Config,
  approval: Approval,
  issueFile: string,
): Promise<number> {
  const forecast = await dryRunSend(pool, await prepareAsApproved(pool, config, approval, issueFile));
  return forecast.planned - [...forecast.skipped.values()].reduce((sum, count) => sum + count, 0);
}

/** @throws InputError `unknown-proposal` */
export async function requireApproval(pool: Pool, id: number): Promise<Approval> {
  const approval = await findApproval(pool, id);
  if (!approval) throw new InputError({ code: "unknown-proposal", message: "There is no such send." });
  return approval;
}

async function prepareAsApproved(
  pool: Pool,
  config: Config,
  approval: Approval,
  issueFile: string,
): Promise<PreparedSend> {
  if (approval.voided !== null)
    throw new InputError({ code: "approval-void", message: `This send holds no more: ${approval.voided}` });
  if (approval.campaignId !== null)
    throw new InputError({ code: "not-open", message: "This send was started already." });
  const prepared = await prepareSend(pool, config, optionsOf({ ...approval, issueFile }, approval.listSlug));
  if (bindingOf(prepared, approval) === approval.binding) return prepared;
  const why = "the issue, its template or the list's sender was changed since. Propose it again.";
  await audited(
    pool,
    config,
    (client) => voidApproval(client, approval.id, why),
    (done) => (done ? { actor: "system", action: "send-voided", subject: `send:${approval.id}` } : null),
  );
  throw new InputError({ code: "approval-void", message: `This send holds no more: ${why}` });
}

/** Waves and findings kept with a proposal: a list around the world has some thirty zones in each of a few lanes. */
const keptMax = 200;

function keepFlight(flight: FlightReport, findings: readonly Finding[]): ProposedFlight {
  return {
    legs: flight.legs.slice(0, keptMax).map((leg) => ({
      ...leg,
      startsAt: leg.startsAt.toISOString(),
      endsAt: leg.endsAt?.toISOString() ?? null,
    })),
    endsAt: flight.endsAt?.toISOString() ?? null,
    missing: flight.missing,
    largestBytes: flight.largestBytes,
    findings: findings.slice(0, keptMax).map(({ severity, message, mend, place }) => ({
      severity,
      message,
      mend,
      line: place.line ?? null,
    })),
  };
}

type Schedule = Pick<ProposedSend, "segment" | "at" | "tz" | "options">;

function optionsOf(send: Schedule & { readonly issueFile: string }, list: string): SendOptions {
  return {
    issueFile: send.issueFile,
    list,
    ...(send.segment === null ? {} : { segment: send.segment }),
    ...(send.at === null ? {} : { at: send.at }),
    ...(send.tz === null ? {} : { tz: send.tz }),
    ...sendOptionsOf(send.options ?? {}),
  };
}

function sendOptionsOf({ whom, ...written }: ProposalOptions): Partial<SendOptions> {
  return { ...written, ...(whom === undefined ? {} : { [whom]: true }) };
}

/** The schedule as it was written: "at once" stays that, however often it is looked at. */
function bindingOf(prepared: PreparedSend, { segment, at, tz, options = {} }: Schedule): string {
  const { policy, selectors } = prepared.plan;
  const { window, canary, canaryWait, whom } = options;
  const asked = [window, canary, canaryWait, whom];
  const parts = [prepared.digest.id, prepared.list.id, segment, at, tz, policy, selectors];
  // Without any of them it is the hash that it was before there were any, so that standing approvals hold.
  if (asked.some((one) => one !== undefined)) parts.push(JSON.stringify(asked));
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
