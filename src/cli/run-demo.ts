import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Pool } from "../adapters/postgres/connect.ts";
import { readBalance, readReasons } from "../adapters/postgres/ledger/balance.ts";
import { feedbackSmtpPortDefault, readConfig, type Config } from "../app/config.ts";
import { importFile } from "../app/import-subscribers.ts";
import { createLogger } from "../app/log.ts";
import { issuesRoot, templatesRoot } from "../app/project.ts";
import { planSend, prepareSend } from "../app/send-issue.ts";
import { listenForShutdown, type Shutdown } from "../app/shutdown.ts";
import { createList } from "../adapters/postgres/lists.ts";
import { setListPages } from "../adapters/postgres/public-lists.ts";
import { findSubscriber } from "../adapters/postgres/subscribers.ts";
import { unsubscribe } from "../adapters/postgres/subscriptions.ts";
import { addSuppressions } from "../adapters/postgres/suppressions.ts";
import type { Balance } from "../domain/ledger.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { assert } from "../lib/assert.ts";
import { createDemoAudience } from "./demo-audience.ts";
import { formatCount } from "./output.ts";
import { createProgress } from "./progress-bar.ts";
import { startInstallation, type Installation } from "./start-installation.ts";

export interface DemoOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly print: (line: string) => void;
  readonly note: (line: string) => void;
}

const issueFile = join(issuesRoot, "2024-05-new-in-may.yaml");
/** Tried first; another program may have them. */
const previewPort = 8030;
const pollMs = 200;
/** A demo that takes longer than this is stuck; on a slow laptop it takes some twenty seconds. */
const demoMsMax = 300_000;

/**
 * The whole line on this machine, from nothing: its own folder, database, catcher and workers, never a real server.
 * @returns the exit code: 0, 1 when the balance does not add up, 2 when a part can't work, 130/143 when it was cut short
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const shutdown = listenForShutdown();
  const startedMs = systemClock.monotonicMs();
  const config = await demoConfig();
  // Always from nothing, whatever an earlier demo left.
  rmSync(config.dataDir, { recursive: true, force: true });
  mkdirSync(config.dataDir, { recursive: true });
  const log = createLogger(config, "demo");
  options.note("Starting the database, the catcher, the web pages and the workers");
  let unusable: string | null = null;
  const installation = await startInstallation(config, log, (worker) => (unusable = worker));
  try {
    const campaign = await planDemo(installation, options);
    const balance = await followCampaign(installation.database.pool, campaign, shutdown, () => unusable !== null);
    if (shutdown.signal.aborted) return cutShort(shutdown);
    if (unusable !== null || !balance || balance.remaining > 0) return 2;
    const caught = installation.catcher?.store.distinctMessageIds() ?? 0;
    await report(installation.database.pool, campaign, balance, caught, options);
    if (!options.once) {
      const preview = await startDemoPreview(installation);
      options.note(`\nInbox       ${installation.addresses.catcher}\nWeb pages   ${installation.addresses.web}`);
      options.note(`Preview     ${preview.url}\nCtrl-C ends everything.`);
      await shutdown.requested;
      await preview.stop();
    }
    if (options.json) options.print(JSON.stringify({ ...balance, caught, seconds: secondsSince(startedMs) }));
    const sums = balance.accepted + balance.refused + balance.skipped + balance.uncertain + balance.remaining;
    return sums === balance.planned && caught === balance.accepted ? 0 : 1;
  } finally {
    await installation.stop();
    shutdown.dispose();
  }
}

/** The issue as any of the demo's readers sees it, in the same process as the inbox. */
async function startDemoPreview({ config, catcher, database, addresses }: Installation) {
  const { startPreviewServer } = await import("../preview/preview-server.ts");
  return startPreviewServer({
    config,
    issuesRoot,
    templatesRoot,
    issueFile,
    list: "news",
    port: await freePort(config.host, previewPort),
    catcher,
    inboxUrl: addresses.catcher ?? addresses.web,
    smtpUrl: addresses.smtp,
    openPool: async () => database.pool,
  });
}

async function planDemo(installation: Installation, options: DemoOptions): Promise<number> {
  const { database, config } = installation;
  const { pool } = database;
  const audience = createDemoAudience();
  const list = await createList(pool, {
    slug: "news",
    name: "The Broadsheet demo",
    fromName: "Broadsheet Demo",
    fromAddress: "news@newsletter.example.com",
    replyTo: "editors@newsletter.example.com",
    postalAddress: ["1 Sample Street", "Exampleville EX 12345"],
    zone: "America/New_York",
  });
  await setListPages(pool, list.slug, { archive: true });
  const file = join(config.dataDir, "readers.csv");
  writeFileSync(file, audience.csv);
  const imported = await importFile(pool, config, { file, listId: list.id, source: "demo" });
  for (const address of audience.left) {
    const subscriber = await findSubscriber(pool, address);
    assert(subscriber, "the demo's readers were imported");
    await unsubscribe(pool, { subscriberId: subscriber.id, listId: list.id, how: { by: "demo" } });
  }
  await addSuppressions(
    pool,
    audience.suppressed.map((key) => ({ key, reason: "complaint", source: "demo" })),
  );
  options.note(`Imported ${formatCount(imported.accepted)} readers to the list "news"`);
  const prepared = await prepareSend(pool, config, { issueFile, list: "news" });
  const { campaign, planned } = await planSend(pool, config, "command", prepared);
  options.note(`Planned campaign ${campaign}: ${prepared.digest.issueSlug} to ${formatCount(planned)} people`);
  return campaign;
}

async function followCampaign(
  pool: Pool,
  campaign: number,
  shutdown: Shutdown,
  hasFailed: () => boolean,
): Promise<Balance | null> {
  const startedMs = systemClock.monotonicMs();
  const progress = createProgress(process.stderr, startedMs);
  let balance: Balance | null = null;
  while (!shutdown.signal.aborted && !hasFailed() && systemClock.monotonicMs() - startedMs < demoMsMax) {
    balance = await readBalance(pool, campaign);
    assert(balance, "a planned campaign has a balance");
    progress.update(balance, systemClock.monotonicMs());
    if (balance.remaining === 0) break;
    await pause(systemClock, pollMs, shutdown.signal);
  }
  progress.end();
  return balance;
}

async function report(
  pool: Pool,
  campaign: number,
  balance: Balance,
  caught: number,
  { note }: DemoOptions,
): Promise<void> {
  note(`\n  planned    ${formatCount(balance.planned).padStart(7)}`);
  for (const part of ["accepted", "refused", "skipped", "uncertain", "remaining"] as const)
    note(`  ${part.padEnd(10)} ${formatCount(balance[part]).padStart(7)}`);
  for (const { state, detail, count } of await readReasons(pool, campaign))
    note(`  ${state}: ${formatCount(count)} × ${detail}`);
  note(`  The catcher took ${formatCount(caught)} different messages.`);
}

/** A folder of its own, free ports where the usual ones are taken, and never a real SMTP server. */
async function demoConfig(): Promise<Config> {
  const config = readConfig();
  const webPort = await freePort(config.host, config.webPort);
  return {
    ...config,
    databaseUrl: undefined,
    smtpUrl: undefined,
    dataDir: join(config.dataDir, "demo"),
    queuePrefix: `demo-${process.pid}`,
    dkimKeys: [],
    webPort,
    catcherSmtpPort: await freePort(config.host, config.catcherSmtpPort),
    catcherWebPort: await freePort(config.host, config.catcherWebPort),
    feedbackSmtpPort: await freePort(config.host, config.feedbackSmtpPort ?? feedbackSmtpPortDefault),
    publicUrl: `http://localhost:${webPort}`,
    logLevel: config.logLevel === "info" ? "warn" : config.logLevel,
  };
}

/** The wanted port, or any free one where another program has it. */
function freePort(host: string, wanted: number): Promise<number> {
  const probe = (port: number): Promise<number | null> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(null));
      server.listen(port, host, () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" && address ? address.port : null));
      });
    });
  return probe(wanted).then(async (port) => {
    const found = port ?? (await probe(0));
    assert(found !== null, "a machine has a free port");
    return found;
  });
}

function cutShort(shutdown: Shutdown): number {
  return shutdown.signal.reason === "SIGINT" ? 130 : 143;
}

function secondsSince(startedMs: number): number {
  return Math.round((systemClock.monotonicMs() - startedMs) / 100) / 10;
}
