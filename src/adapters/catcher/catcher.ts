/** `startCatcher`: an SMTP server that takes everything and delivers nothing, and the store of what it took. */
import type { CaughtMail, CaughtMailStore } from "../../domain/caught-mail.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { UnavailableError, messageOf } from "../../lib/errors.ts";
import { type Random, systemRandom } from "../../lib/random.ts";
import { createMemoryBodies, openDiskBodies } from "./bodies.ts";
import { reportable, writeBounceReport } from "./bounce-report.ts";
import { createSelfSignedCertificate } from "./certificate.ts";
import { complaintAddress, writeComplaintReport } from "./complaint-report.ts";
import type { FaultRule } from "./fault-rules.ts";
import { type AskedReport, createFaults, type Faults } from "./faults.ts";
import { createReportCourier, type ReportCourier, type ReturnAddress } from "./report-courier.ts";
import { createSmtpService } from "./smtp-service.ts";
import { createStore } from "./store.ts";

export interface CatcherLimits {
  /** Mails kept; the oldest go first. */
  readonly mailsMax: number;
  /** Bytes kept, raw. */
  readonly bytesMax: number;
  /** Largest mail taken, announced as SIZE (RFC 1870). */
  readonly messageBytesMax: number;
  /** Connections at once; one more gets 421. */
  readonly clientsMax: number;
}

export const catcherLimitsDefault: CatcherLimits = {
  mailsMax: 10_000, // a day's work of a team, and lists still answer at once
  bytesMax: 256 * 1024 * 1024, // what a laptop can spare in memory
  messageBytesMax: 25 * 1024 * 1024, // what large receivers take
  clientsMax: 200, // more than any pool opens, few enough to bound what is on the way
};

export interface CatcherOptions {
  /** Address to listen on. Anything but loopback shows the catch to the network. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly limits?: Partial<CatcherLimits>;
  /** Folder for the mails; without it they live in memory. */
  readonly onDisk?: string;
  readonly faults?: readonly FaultRule[];
  /**
   * STARTTLS with a self-signed certificate: `offered` (default) in EHLO, `hidden` for clients that would insist on a
   * trusted one but never for those that ask, `off`.
   */
  readonly tls?: "offered" | "hidden" | "off";
  /** Where the reports of the faults `dsn` and `complain` go. Those that nobody takes there land in the catch itself. */
  readonly returnTo?: ReturnAddress;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface Catcher {
  readonly host: string;
  readonly port: number;
  /** `smtp://127.0.0.1:1025` */
  readonly smtpUrl: string;
  readonly store: CaughtMailStore;
  readonly faults: Faults;
  /** PEM, for clients that check; `undefined` with TLS off. */
  readonly certificate: string | undefined;
  /** Reports carried back, where `returnTo` was given. */
  reports(): ReturnType<ReportCourier["counts"]> | undefined;
  /** A second call gets the same promise. What was taken stays readable. */
  stop(): Promise<void>;
}

/** Errors: `UnavailableError` `catcher-port` when it can't listen, `catcher-folder` when the folder can't be used. */
export async function startCatcher(options: CatcherOptions): Promise<Catcher> {
  const clock = options.clock ?? systemClock;
  const limits = { ...catcherLimitsDefault, ...options.limits };
  const disk = options.onDisk === undefined ? undefined : await openDiskBodies(options.onDisk);
  const store = createStore({ bodies: disk?.bodies ?? createMemoryBodies(), limits, clock });
  if (disk) await store.adopt(disk.found);
  const faults = createFaults({ rules: options.faults ?? [], clock, random: options.random ?? systemRandom });
  const tls = options.tls ?? "offered";
  const names = [...new Set(["localhost", "127.0.0.1", "::1", options.host])];
  const certificate = tls === "off" ? undefined : createSelfSignedCertificate(names, clock.now());
  const courier = options.returnTo ? createReportCourier(options.returnTo, keep) : undefined;

  function report(mail: CaughtMail, raw: Buffer, asked: readonly AskedReport[]): void {
    const failed = reportable(
      mail,
      asked.filter((entry) => entry.kind === "bounce"),
    );
    if (failed.length > 0) sendBack(mail.envelope.from, writeBounceReport(mail, raw, failed, clock.now()));
    for (const { kind, recipient } of asked) {
      const to = kind === "complaint" ? complaintAddress(mail) : undefined;
      if (to !== undefined) sendBack(to, writeComplaintReport(mail, raw, recipient, to, clock.now()));
    }
  }

  function sendBack(address: string, bytes: Buffer): void {
    if (courier) courier.send(address, bytes);
    else keep(address, bytes);
  }

  /** Among the catch, where a developer sees it. */
  function keep(address: string, bytes: Buffer): void {
    const to = [{ address, notify: [], originalRecipient: null }];
    const client = { address: "", hello: "the catcher itself", user: null, tls: false };
    const envelope = { from: "", to, smtpUtf8: false, returnBody: null, envelopeId: null, client };
    void store.take(envelope, bytes).catch(() => {}); // the mail itself was taken: a report that can't be kept is no loss
  }

  const service = createSmtpService({ ...limits, tls, certificate, faults, clock, take: store.take, report });
  const port = await service.listen(options.host, options.port).catch((error: unknown) => {
    const where = `${options.host}:${options.port}`;
    throw new UnavailableError("catcher-port", `The catcher can't listen on ${where}: ${messageOf(error)}`, {
      cause: error,
    });
  });
  let stopping: Promise<void> | undefined;
  return {
    host: options.host,
    port,
    smtpUrl: `smtp://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    store,
    faults,
    certificate: certificate?.certificate,
    reports: () => courier?.counts(),
    stop: () => (stopping ??= Promise.all([service.stop(), courier?.stop()]).then(() => {})),
  };
}
