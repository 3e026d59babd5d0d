/** End to end: plan, queue, claim, personalise, sign, SMTP, settle; beside it what others do with the same bytes. */
import { spawn } from "node:child_process";
import { fork } from "node:child_process";
import { join } from "node:path";
import { encodeDigest } from "../src/adapters/postgres/ledger/digests.ts";
import type { Digest } from "../src/domain/digest.ts";
import { createRealisticDigest } from "../test/support/realistic-digest.ts";
import { measureSend, startBenchInstallation, type BenchInstallation, type Signature } from "./installation.ts";
import { writeFileSync } from "node:fs";

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
}

/** Articles that make the HTML about as large as named, in KB of message. */
const articlesOf = { 40: 28, 15: 9 } as const;
/** The first 4,000 of a process are slower, until its code is compiled: with 20,000 that falls in the noise. */
const mailsOf = { 40: 20_000, 15: 20_000 } as const;
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
      const add = (name: string, signature: Signature, queue: string, processes: number, perSecond: number): void => {
        rows.push({
          name,
          size: bytes,
          signature,
          queue,
          processes,
          perSecond: Math.round(perSecond),
          ratioToFloor: round(perSecond / floor),
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
          add("broadsheet", signature, queue, processes, measured.perSecond);
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
