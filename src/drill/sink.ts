import { createServer, type AddressInfo, type Socket } from "node:net";
import { systemClock, type Clock } from "../lib/clock.ts";
import { createDomainLimit } from "./domain-limit.ts";
import { createFaultDice } from "./fault-dice.ts";
import { checkFaultPlan, type FaultKind, type FaultPlan } from "./fault-plan.ts";
import { openSinkLog } from "./sink-log.ts";
import { serveSink } from "./sink-session.ts";

export interface FaultSinkOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number;
  readonly host?: string;
  /** Appended to: one JSON line for each message really taken and each fault (sink-log.ts). */
  readonly logFile: string;
  readonly seed: number;
  readonly faults: FaultPlan;
  readonly announce?: Partial<SinkAnnouncement>;
  /** Recipient domains whose every RCPT gets this reply. */
  readonly domainReplies?: Readonly<Record<string, string>>;
  /** Records the SHA-256 of each message: a retry must bring the same bytes. */
  readonly hashMessages?: boolean;
  /** Gets each message with its bytes; for tests, within this process only. */
  readonly onMessage?: (message: { sender: string; recipient: string; bytes: Buffer }) => void;
  readonly clock?: Clock;
}

export interface SinkAnnouncement {
  readonly pipelining: boolean;
  readonly eightBitMime: boolean;
  readonly dsn: boolean;
  readonly smtpUtf8: boolean;
  /** 0 announces no limit. */
  readonly sizeBytesMax: number;
}

export interface SinkCounts {
  readonly connections: number;
  readonly connectionsOpen: number;
  readonly accepted: number;
  /** MAIL commands. */
  readonly transactions: number;
  /** Messages whose DATA was answered with 354 and whose end has not been dealt with. */
  readonly bodiesInProgress: number;
  readonly faults: Readonly<Partial<Record<FaultKind | "domain-limit", number>>>;
  /** Faults after which the sender can't know whether its message was taken. */
  readonly faultsInDoubt: number;
}

export interface FaultSink {
  readonly port: number;
  counts(): SinkCounts;
  /** Closes every connection at once. A second call gets the same promise. */
  stop(): Promise<void>;
}

const announcementDefault: SinkAnnouncement = {
  pipelining: true,
  eightBitMime: true,
  dsn: true,
  smtpUtf8: true,
  sizeBytesMax: 52_428_800,
};

/**
 * An SMTP server that takes mail and breaks in every way a server can, as the seed decides. Its log is the witness:
 * what stands there was taken, whatever the sender got to hear. Plain sockets: above 5,000 messages of 15 KB a second.
 * @throws InputError for a plan with impossible rates
 */
export async function startFaultSink(options: FaultSinkOptions): Promise<FaultSink> {
  const { faults: plan, clock = systemClock } = options;
  checkFaultPlan(plan);
  const announce = { ...announcementDefault, ...options.announce };
  const dice = createFaultDice(options.seed, plan);
  const log = openSinkLog(options.logFile);
  const attempts = { sender: new Map<string, number>(), recipient: new Map<string, number>() };
  const sockets = new Set<Socket>();
  const faultCounts: Partial<Record<FaultKind | "domain-limit", number>> = {};
  let connections = 0;
  let accepted = 0;
  let transactions = 0;
  let bodiesInProgress = 0;
  let faultsInDoubt = 0;

  const context: Parameters<typeof serveSink>[2] = {
    clock,
    extensions: extensionsOf(announce),
    sizeBytesMax: announce.sizeBytesMax,
    silenceMs: plan.silenceMs,
    dripMs: plan.dripMs,
    keep: { bytes: options.onMessage !== undefined, hash: options.hashMessages === true },
    countAttempt(kind, address) {
      const count = (attempts[kind].get(address) ?? 0) + 1;
      attempts[kind].set(address, count);
      if (kind === "sender") transactions += 1;
      return count;
    },
    throwFor: dice.throwFor,
    replyTo: (recipient) =>
      options.domainReplies?.[recipient.slice(recipient.lastIndexOf("@") + 1).toLowerCase()] ?? null,
    isAboveLimit: createDomainLimit(plan.domainLimits, clock),
    log(entry, written) {
      if (entry.event === "accepted") {
        accepted += 1;
      } else {
        faultCounts[entry.fault] = (faultCounts[entry.fault] ?? 0) + 1;
        if (entry.leavesDoubt) faultsInDoubt += 1;
      }
      log.append(entry, written);
    },
    bodyBegan() {
      bodiesInProgress += 1;
    },
    bodyEnded() {
      bodiesInProgress -= 1;
    },
    took({ sender, recipient, bytes }) {
      if (bytes) options.onMessage?.({ sender, recipient, bytes });
    },
  };
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serveSink(socket, connections, context);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  let stopping: Promise<void> | null = null;
  return {
    port: (server.address() as AddressInfo).port,
    counts: () => ({
      connections,
      connectionsOpen: sockets.size,
      accepted,
      transactions,
      bodiesInProgress,
      faults: { ...faultCounts },
      faultsInDoubt,
    }),
    stop() {
      stopping ??= new Promise<void>((resolve) => {
        server.close(() => {
          log.close();
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      });
      return stopping;
    },
  };
}

function extensionsOf(announce: SinkAnnouncement): string[] {
  return [
    ...(announce.pipelining ? ["PIPELINING"] : []),
    ...(announce.eightBitMime ? ["8BITMIME"] : []),
    `SIZE ${announce.sizeBytesMax}`,
    "ENHANCEDSTATUSCODES",
    ...(announce.dsn ? ["DSN"] : []),
    ...(announce.smtpUtf8 ? ["SMTPUTF8"] : []),
  ];
}
