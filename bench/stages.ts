/**
 * What one mail costs in the process that makes it: microseconds and allocations of each stage, for a 40 KB message with
 * eight slots, beside Nodemailer composing the same mail. Run alone: `node --import tsx bench/stages.ts [--json]`.
 */
import { hash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import nodemailer from "nodemailer";
import { generateDkimKeys } from "../src/digest/dkim-keys.ts";
import { createSigner } from "../src/digest/dkim-signer.ts";
import { encodePart } from "../src/digest/encode-part.ts";
import { personalise } from "../src/digest/personalise.ts";
import type { Digest } from "../src/domain/digest.ts";
import { fillSlots } from "../src/domain/slotted-text.ts";
import { createBufferPool } from "../src/lib/buffer-pool.ts";
import { createRealisticDigest } from "../test/support/realistic-digest.ts";
import { createSampleRecipient, createSampleSettings } from "../test/support/sample-digest.ts";

export interface StageRow {
  readonly name: string;
  /** Of the fastest round: other work on the machine only ever adds. */
  readonly microseconds: number;
  readonly medianMicroseconds: number;
  /** Bytes on JavaScript's heap, and in buffers beside it. */
  readonly heapBytes: number;
  readonly bufferBytes: number;
}

export interface StagesResult {
  readonly rows: readonly StageRow[];
  readonly messageBytes: number;
  readonly slots: number;
  /** Whole signed message over what the issue allows for it: 1.15 times the bare signature and 60 us. */
  readonly rsaAllowance: number;
}

/** Articles that make the message about 40 KB. */
const articleCount = 28;

/** Short rounds find the moments in which nobody else runs. */
const roundCount = 200;
const roundMs = 5;
const warmUpMs = 300;

const poolBytesMax = 1_000_000;

/** Few enough that no collection comes between. */
const allocationRuns = 100;

const firstNames = ["Ada", "Grace", "Alan", "Łukasz", "Linus T", "José", "Barbara", "Edsger", "李小龍", "Margaret"];

export async function run(): Promise<StagesResult> {
  const digest = createRealisticDigest(articleCount);
  const settings = createSampleSettings();
  const signers = (["rsa", "ed25519"] as const).map((kind) => {
    const { privateKey } = generateDkimKeys("example.com", kind, kind);
    return createSigner({ domain: "example.com", selector: kind, privateKey });
  });
  const [rsa, ed25519] = signers as [(typeof signers)[0], (typeof signers)[0]];
  const recipients = Array.from({ length: 1000 }, (_, index) => ({
    ...createSampleRecipient({
      subscriberId: index + 1,
      address: `reader${index}@example.org`,
      values: { firstName: firstNames[index % firstNames.length] as string },
      zone: ["Europe/Lisbon", "America/New_York", "Asia/Tokyo", null][index % 4] as string | null,
    }),
    identity: { kind: "delivery", id: { campaign: 12, number: index + 1 } } as const,
  }));
  const pool = createBufferPool(poolBytesMax);
  const signedBy = (selectors: string, allocate?: (length: number) => Buffer) => {
    const chosen = recipients.map((recipient) => ({ ...recipient, frozen: { ...recipient.frozen, selectors } }));
    let next = 0;
    return () =>
      personalise(digest, chosen[next++ % chosen.length] as (typeof chosen)[0], settings, signers, allocate).bytes;
  };
  const pooled = (selectors: string) => {
    const compose = signedBy(selectors, pool.take);
    return () => pool.give(compose());
  };
  const message = signedBy("")();
  const headers = Buffer.alloc(1200, "a");
  const variant = digest.variants.get("");
  if (!variant) throw new Error("The sample digest has its variant.");

  const rows = [
    measure("encode both parts (once an issue)", () => [
      encodePart(variant.html.source, variant.html.contentType),
      encodePart(variant.text.source, variant.text.contentType),
    ]),
    measure("personalise, unsigned", signedBy("")),
    measure("personalise, unsigned, pooled memory", pooled("")),
    // Before the slow one: the signing path is compiled by then, as it is in a worker.
    measure("personalise, Ed25519", signedBy("ed25519")),
    measure("personalise, RSA-2048", signedBy("rsa")),
    measure("personalise, RSA-2048, pooled memory", pooled("rsa")),
    measure("personalise, RSA-2048 and Ed25519", signedBy("rsa,ed25519")),
    measure("bare: sha256 of the message", () => hash("sha256", message, "base64")),
    measure("bare: copy of the message", () => Buffer.allocUnsafe(message.length).set(message)),
    measure("bare: RSA-2048 signature", () => rsa.sign(headers)),
    measure("bare: Ed25519 signature", () => ed25519.sign(headers)),
    await measureNodemailer("Nodemailer composing, unsigned", digest),
  ];
  const find = (name: string) => rows.find((row) => row.name === name)?.microseconds ?? Number.NaN;
  return {
    rows,
    messageBytes: message.length,
    slots: variant.html.source.slots.length + variant.text.source.slots.length + variant.subject.slots.length,
    rsaAllowance: find("personalise, RSA-2048") / (1.15 * find("bare: RSA-2048 signature") + 60),
  };
}

function measure(name: string, work: () => unknown): StageRow {
  const warm = performance.now();
  let runs = 0;
  for (; performance.now() - warm < warmUpMs; runs += 1) work();
  const perRound = Math.max(1, Math.round((runs * roundMs) / warmUpMs));
  const rounds = Array.from({ length: roundCount }, () => {
    const begin = performance.now();
    for (let index = 0; index < perRound; index += 1) work();
    return ((performance.now() - begin) * 1000) / perRound;
  });
  return { name, ...summarise(rounds), ...measureAllocation(work) };
}

async function measureNodemailer(name: string, digest: Digest): Promise<StageRow> {
  const variant = digest.variants.get("");
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const mail = {
    from: "Example News <news@example.com>",
    to: "Ada <ada@example.org>",
    subject: "New in May: tokens, meetings and a workshop, Ada",
    text: variant ? fillSlots(variant.text.source, () => "Ada") : "",
    html: variant ? fillSlots(variant.html.source, () => "Ada") : "",
  };
  const rounds: number[] = [];
  for (let round = 0; round < roundCount; round += 1) {
    const begin = performance.now();
    for (let index = 0; index < 10; index += 1) await transport.sendMail(mail);
    rounds.push(((performance.now() - begin) * 1000) / 10);
  }
  return { name, ...summarise(rounds), heapBytes: Number.NaN, bufferBytes: Number.NaN };
}

function summarise(rounds: readonly number[]): Pick<StageRow, "microseconds" | "medianMicroseconds"> {
  const sorted = rounds.toSorted((left, right) => left - right);
  return { microseconds: sorted[0] as number, medianMicroseconds: sorted[sorted.length >> 1] as number };
}

function measureAllocation(work: () => unknown): Pick<StageRow, "heapBytes" | "bufferBytes"> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // Kept, so that a collection in between changes nothing of what is counted for the buffers.
  const kept: unknown[] = Array.from({ length: allocationRuns });
  collect();
  const before = process.memoryUsage();
  for (let index = 0; index < allocationRuns; index += 1) kept[index] = work();
  const after = process.memoryUsage();
  return {
    heapBytes: Math.max(0, (after.heapUsed - before.heapUsed) / kept.length),
    bufferBytes: Math.max(0, (after.arrayBuffers - before.arrayBuffers) / kept.length),
  };
}

export function format({ rows, messageBytes, slots, rsaAllowance }: StagesResult): string {
  const number = (value: number, digits: number) => (Number.isNaN(value) ? "-" : value.toFixed(digits)).padStart(10);
  const lines = rows.map(
    (row) =>
      `${row.name.padEnd(36)}${number(row.microseconds, 1)}${number(row.medianMicroseconds, 1)}${number(row.heapBytes, 0)}${number(row.bufferBytes, 0)}`,
  );
  return [
    `One message of ${messageBytes} bytes with ${slots} slots.`,
    `${"stage".padEnd(36)}${"us".padStart(10)}${"median".padStart(10)}${"heap B".padStart(10)}${"buffer B".padStart(10)}`,
    ...lines,
    `RSA message / (1.15 x bare signature + 60 us): ${rsaAllowance.toFixed(2)}`,
    "",
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = await run();
  process.stdout.write(process.argv.includes("--json") ? `${JSON.stringify(result)}\n` : format(result));
}
