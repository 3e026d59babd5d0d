/** End to end: plan, queue, claim, personalise, sign, SMTP, settle; beside it what others do with the same bytes. */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSelfSignedCertificate } from "../src/adapters/catcher/certificate.ts";
import { encodeDigest } from "../src/adapters/postgres/ledger/digests.ts";
import type { Digest } from "../src/domain/digest.ts";
import { createRealisticDigest } from "../test/support/realistic-digest.ts";
import {
  measureSend,
  startBenchInstallation,
  type BenchInstallation,
  type SendMeasure,
  type Signature,
} from "./installation.ts";

export interface ThroughputRow {
  readonly name: string;
  /** Bytes of the message as sent. */
  readonly size: number;
  readonly signature: Signature;
  readonly queue: string;
  readonly processes: number;
  readonly perSecond: number;
  /** Share of `smtp-source -d` with as many bytes to the same sink in the same run. */
  readonly ratioToFloor: number;
  /** Of a far server: connections of each process, and the most memory that one took. */
  readonly connections?: number;
  readonly workerMegabytes?: number;
  /** Where the time goes: milliseconds of CPU a mail by kind of process. */
  readonly cpuMsPerMail?: Readonly<Record<string, number>>;
}

/** Articles that make the HTML about as large as named, in KB of message. */
const articlesOf = { 40: 28, 15: 9 } as const;
/** The first 4,000 of a process are slower, until its code is compiled: with 20,000 that falls in the noise. */
const mailsOf = { 40: 20_000, 15: 20_000 } as const;
/** A server a continent away. */
const farRoundTripMs = 50;
/** Two round trips a mail: at 100 ms each and some for the ledger, as many as the machine can feed. */
const farConnections = 100;
const farMails = 10_000;
const peerMails = 1_500;
const mjmlMails = 150;

export async function run(): Promise<{ rows: ThroughputRow[] }> {
  const bench = await startBenchInstallation();
  const rows: ThroughputRow[] = [];
  try {
    for (const size of [40, 15] as const) {
      const digest = createRealisticDigest(articlesOf[size]);
      const bytes = messageBytes(digest);
      const floor = await measureFloor(bench, bytes, mailsOf[size]);
      const add = (
        name: string,
        signature: Signature,
        queue: string,
        processes: number,
        perSecond: number,
        more: Pick<ThroughputRow, "connections" | "workerMegabytes" | "cpuMsPerMail"> = {},
      ): void => {
        rows.push({
          name,
          size: bytes,
          signature,
          queue,
          processes,
          perSecond: Math.round(perSecond),
          ratioToFloor: round(perSecond / floor),
          ...more,
        });
        console.error(
          `${name} ${bytes} ${signature} ${queue} ${processes}: ${Math.round(perSecond)}/s, ${round(perSecond / floor)} of the floor`,
        );
      };
      add("smtp-source -d", "none", "none", 1, floor);
      for (const signature of ["rsa", "rsa+ed25519", "none"] as const) {
        for (const [queue, processes] of [
          ["redis", 2],
          ["redis", 1],
          ["postgres", 1],
        ] as const) {
          if (queue === "redis" && !bench.redisUrl) continue;
          if (size === 15 && (queue !== "redis" || processes !== 2)) continue;
          const measured = await measureSend(bench, { digest, recipients: mailsOf[size], signature, queue, processes });
          add("broadsheet", signature, queue, processes, measured.perSecond, roundedCpu(measured));
        }
      }
      if (size === 40 && bench.redisUrl) {
        for (const way of ["plain", "TLS 1.3"] as const) {
          const measured = await measureFar(bench, digest, way);
          add(`broadsheet, ${way}, ${farRoundTripMs} ms away`, "none", "redis", 2, measured.perSecond, {
            connections: farConnections,
            workerMegabytes: Math.round(measured.workerMegabytesMax),
            ...roundedCpu(measured),
          });
        }
      }
      if (size === 40) {
        add(
          "nodemailer pool composing and signing",
          "rsa",
          "none",
          2,
          await measurePeer(bench, digest, "nodemailer", peerMails),
        );
        if (bench.redisUrl)
          add("mjml in every job", "rsa", "redis", 2, await measurePeer(bench, digest, "mjml", mjmlMails));
      }
    }
    return { rows };
  } finally {
    await bench.stop();
  }
}

function roundedCpu({ cpuMsPerMail }: SendMeasure): Pick<ThroughputRow, "cpuMsPerMail"> {
  return {
    cpuMsPerMail: Object.fromEntries(Object.entries(cpuMsPerMail).map(([kind, ms]) => [kind, round(ms)])),
  };
}

function round(share: number): number {
  return Math.round(share * 1000) / 1000;
}

/** Head, both parts in their transfer encoding, and what the slots add on average. */
function messageBytes(digest: Digest): number {
  const variant = [...digest.variants.values()][0];
  const parts = [variant?.text, variant?.html];
  const encoded = parts.reduce(
    (sum, part) =>
      sum +
      (part?.chunks ?? []).reduce(
        (size, chunk) =>
          size + (chunk.encoding === "quoted-printable" ? chunk.bytes.length : chunk.alignments[0].encoded.length),
        0,
      ),
    0,
  );
  return encoded + 1_200;
}

/** Postfix's own generator: connection kept (`-d`), no queue, no ledger, no signature, prepared bytes. */
function measureFloor(bench: BenchInstallation, bytes: number, mails: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const flags = [
      "-d",
      "-s",
      "20",
      "-l",
      String(bytes),
      "-m",
      String(mails),
      "-f",
      "a@example.com",
      "-t",
      "b@example.net",
    ];
    const child = spawn("/usr/sbin/smtp-source", [...flags, `127.0.0.1:${bench.sinkPort}`], { stdio: "ignore" });
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0
        ? resolve(mails / ((performance.now() - startedMs) / 1000))
        : reject(new Error(`smtp-source ended with ${code}`)),
    );
  });
}

/** Through a proxy that adds a round trip, to the same sink; with TLS the proxy ends it. */
async function measureFar(bench: BenchInstallation, digest: Digest, way: "plain" | "TLS 1.3"): Promise<SendMeasure> {
  const identity = way === "plain" ? null : createSelfSignedCertificate(["127.0.0.1"], new Date());
  const caFile = join(bench.folder, "proxy.pem");
  if (identity) writeFileSync(caFile, identity.certificate);
  const proxy = fork(join(import.meta.dirname, "delay-proxy.ts"), [], {
    execArgv: ["--import", "tsx/esm"],
    env: {
      ...process.env,
      PROXY_TARGET: String(bench.sinkPort),
      PROXY_ROUND_TRIP_MS: String(farRoundTripMs),
      ...(identity ? { PROXY_KEY: identity.key, PROXY_CERTIFICATE: identity.certificate } : {}),
    },
  });
  try {
    const [{ port }] = (await once(proxy, "message")) as [{ port: number }];
    return await measureSend(bench, {
      digest,
      recipients: farMails,
      signature: "none",
      queue: "redis",
      processes: 2,
      smtpUrl: identity
        ? `smtps://127.0.0.1:${port}?connections=${farConnections}&caFile=${encodeURIComponent(caFile)}`
        : `smtp://127.0.0.1:${port}?connections=${farConnections}`,
    });
  } finally {
    proxy.kill();
  }
}

/** The same mail as others make it, in two processes; the clock starts when both are ready. */
async function measurePeer(
  bench: BenchInstallation,
  digest: Digest,
  peer: "nodemailer" | "mjml",
  mails: number,
): Promise<number> {
  const digestFile = join(bench.folder, "peer-digest.json");
  writeFileSync(digestFile, encodeDigest(digest));
  const children = [0, 1].map((index) =>
    fork(join(import.meta.dirname, `peer-${peer}.ts`), [], {
      execArgv: ["--import", "tsx"],
      env: {
        ...process.env,
        PEER_INDEX: String(index),
        PEER_MAILS: String(mails / 2),
        PEER_DIGEST: digestFile,
        PEER_SINK: String(bench.sinkPort),
        PEER_KEY: bench.dkimKeys["rsa"]?.split("=").slice(1).join("=") ?? "",
        PEER_REDIS: bench.redisUrl ?? "",
      },
    }),
  );
  const next = (word: string): Promise<unknown> =>
    Promise.all(
      children.map(
        (child) =>
          new Promise<void>((resolve, reject) => {
            child.on("message", (message) => message === word && resolve());
            child.once("exit", (code) => code !== 0 && reject(new Error(`the peer ${peer} ended with ${code}`)));
          }),
      ),
    );
  await next("ready");
  const done = next("done");
  const startedMs = performance.now();
  for (const child of children) child.send("go");
  await done;
  const perSecond = mails / ((performance.now() - startedMs) / 1000);
  for (const child of children) child.kill();
  return perSecond;
}
