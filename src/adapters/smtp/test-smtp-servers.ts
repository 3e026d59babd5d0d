import type { SmtpPhase } from "../../domain/outcome.ts";
import { systemClock, type Clock } from "../../lib/clock.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Encryption } from "./encryption.ts";
import { openSession, type SetupTimes } from "./open-session.ts";
import type { SmtpServer } from "./smtp-servers.ts";

/** What one server turned out to be. No mail was sent to find out. */
export interface SmtpServerReport {
  readonly server: string;
  readonly profile: string;
  /** A connection could be opened, encrypted and authenticated as configured. */
  readonly works: boolean;
  readonly tookMs: number;
  /** Why it does not work; without secrets. */
  readonly failure: { readonly phase: SmtpPhase; readonly cause: string; readonly permanent: boolean } | null;
  readonly encryption: Encryption | null;
  readonly authentication: "accepted" | "failed" | "not configured" | "not reached";
  /** What it announced, as far as the conversation came. */
  readonly capabilities: Capabilities | null;
  /** What works and yet deserves a look, each a sentence. */
  readonly warnings: readonly string[];
}

/** Someone waits in front of a terminal. */
const timesDefault: SetupTimes = { connectTimeoutMs: 10_000, setupTimeoutMs: 30_000 };
const certificateDaysMin = 14;
/** The largest message that the linter lets pass has pictures inline and stays below it. */
const sizeBytesMin = 1_048_576;
const dayMs = 86_400_000;

/** Tries every server as it is configured: TLS, AUTH, and what it announces. All at once, in the order given. */
export function testSmtpServers(
  servers: readonly SmtpServer[],
  options: { readonly clock?: Clock; readonly times?: Partial<SetupTimes> } = {},
): Promise<SmtpServerReport[]> {
  const { clock = systemClock } = options;
  return Promise.all(servers.map((server) => testServer(server, { ...timesDefault, ...options.times }, clock)));
}

async function testServer(server: SmtpServer, times: SetupTimes, clock: Clock): Promise<SmtpServerReport> {
  const startedMs = clock.monotonicMs();
  const session = await openSession(server, times, clock);
  const tookMs = Math.round(clock.monotonicMs() - startedMs);
  const { capabilities } = session;
  const about = { server: server.server, profile: server.profile, tookMs, capabilities };
  if ("failed" in session) {
    const { phase, cause, permanent } = session;
    const authentication = phase === "auth" ? "failed" : server.credentials ? "not reached" : "not configured";
    return {
      ...about,
      works: false,
      failure: { phase, cause, permanent },
      encryption: null,
      authentication,
      warnings: [],
    };
  }
  session.quit();
  const { encryption } = session;
  return {
    ...about,
    works: true,
    failure: null,
    encryption,
    authentication: server.credentials ? "accepted" : "not configured",
    warnings: warningsAbout(encryption, session.capabilities, clock.now()),
  };
}

function warningsAbout(encryption: Encryption | null, capabilities: Capabilities, now: Date): string[] {
  const warnings: string[] = [];
  if (!encryption) warnings.push("The connection is not encrypted.");
  if (encryption && !encryption.trusted) warnings.push("The certificate is not verified: anyone could answer here.");
  const daysLeft = encryption?.validTo ? (encryption.validTo.getTime() - now.getTime()) / dayMs : Infinity;
  if (daysLeft < certificateDaysMin)
    warnings.push(`The certificate ends in ${Math.max(0, Math.floor(daysLeft))} days.`);
  if (!capabilities.smtpUtf8) {
    warnings.push('No SMTPUTF8: addresses that are not ASCII before the "@" can\'t be reached through it.');
  }
  const { sizeBytesMax } = capabilities;
  if (sizeBytesMax > 0 && sizeBytesMax < sizeBytesMin)
    warnings.push(`It takes no message above ${sizeBytesMax} bytes.`);
  if (!capabilities.pipelining) warnings.push("No PIPELINING: each mail waits for two more round trips.");
  return warnings;
}
