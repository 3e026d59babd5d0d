import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openReplyJournal, readJournal } from "../../../src/adapters/files/reply-journal.ts";
import { createDeliveryLedger } from "../../../src/adapters/postgres/ledger/delivery-ledger.ts";
import { readInstallationId } from "../../../src/adapters/postgres/ledger/installation.ts";
import { noFaults } from "../../../src/drill/fault-plan.ts";
import { startFaultSink } from "../../../src/drill/sink.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { startWorker } from "../../support/worker-process.ts";
import { accepted, createLedgerUnderTest } from "./ledger-under-test.ts";

test("a reply that stood in the journal of a killed deliver process is settled by the next one, and nobody is mailed twice", async () => {
  const recipients = 60;
  const ledger = await createLedgerUnderTest(recipients);
  const { pool, campaign } = ledger;
  const folder = makeTemporaryFolder();
  const taken: string[] = [];
  const sink = await startFaultSink({
    logFile: join(folder, "sink.log"),
    seed: 1,
    faults: noFaults,
    onMessage: ({ recipient }) => taken.push(recipient),
  });
  onTestFinished(() => sink.stop());
  const environment = {
    DATABASE_URL: ledger.url,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    DATA_DIR: folder,
    // A killed process's jobs hold the lane's places until their locks are over; on a busy machine a shorter one is lost while it lives.
    QUEUE_LOCK: "5s",
  };
  // Settlements find the row locked: their replies arrive and can't be written.
  await pool.query(`
    CREATE FUNCTION hold_settlements() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN NEW; END $$;
    CREATE TRIGGER hold_settlements BEFORE UPDATE ON deliveries_${campaign}
      FOR EACH ROW WHEN (NEW.state = 'accepted') EXECUTE FUNCTION hold_settlements()`);
  const gate = await pool.connect();
  let gateOpen = false;
  const openGate = async (): Promise<void> => {
    if (gateOpen) return;
    gateOpen = true;
    await gate.query("SELECT pg_advisory_unlock(77)");
    gate.release();
  };
  onTestFinished(openGate);
  await gate.query("SELECT pg_advisory_lock(77)");

  const dispatcher = startWorker("dispatch", environment);
  const first = startWorker("deliver", environment);
  onTestFinished(async () => {
    await Promise.all([dispatcher.end("SIGKILL"), first.end("SIGKILL")]);
  });
  const journals = join(folder, "journal", await readInstallationId(pool));
  const journalled = (): number => {
    try {
      return readdirSync(journals).reduce(
        (sum, name) => sum + readFileSync(join(journals, name), "utf8").split("\n").length - 1,
        0,
      );
    } catch {
      return 0;
    }
  };
  // The lane lets twenty through at once: all of them have their reply, and wait for the ledger.
  const atOnce = 20;
  await waitUntil("every reply stands in the journal", () => journalled() === atOnce);
  expect(taken).toHaveLength(atOnce);
  expect(await ledger.balance()).toMatchObject({ accepted: 0, remaining: recipients });
  await first.end("SIGKILL");
  await openGate();
  // The killed process's statement may still be running in the server; it ends without a client.
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'broadsheet-deliver' AND datname = current_database()",
  );

  const second = startWorker("deliver", environment);
  onTestFinished(async () => {
    await second.end("SIGKILL");
  });
  await waitUntil("the campaign is sent", async () => (await ledger.state()) === "sent").catch((error: Error) => {
    throw new Error(`${error.message}\n${dispatcher.output()}\n${second.output()}`);
  });
  expect(await ledger.balance()).toMatchObject({ accepted: recipients, uncertain: 0 });
  expect(new Set(taken).size).toBe(recipients);
  expect(taken).toHaveLength(recipients);
}, 90_000);

test("a journal's last line that a kill cut in two is left out, the others are read", () => {
  const folder = makeTemporaryFolder();
  const job = { delivery: { campaign: 1, number: 1 }, turn: 1 };
  const journal = openReplyJournal(folder, 5);
  journal.append(accepted(job));
  journal.append(accepted({ ...job, turn: 2 }));
  mkdirSync(join(folder, "elsewhere"));
  const whole = readFileSync(join(folder, "5.jsonl"), "utf8");
  const cut = openReplyJournal(join(folder, "elsewhere"), 5);
  cut.append(accepted(job));
  expect(whole.endsWith("\n")).toBe(true);
  expect(readJournal(folder, 5)).toEqual([accepted(job), accepted({ ...job, turn: 2 })]);
  expect(readJournal(join(folder, "elsewhere"), 5)).toEqual([accepted(job)]);
});

test("while a settlement can't be written no new claim is made, and both go through when the database is back", async () => {
  const ledger = await createLedgerUnderTest(2);
  const { pool } = ledger;
  let away = true;
  const failing = Object.assign(Object.create(pool) as typeof pool, {
    query: ((...given: unknown[]) => {
      const name = (given[0] as { name?: string }).name ?? "";
      if (away && name.startsWith("settle-"))
        return Promise.reject(Object.assign(new Error("gone"), { code: "57P01" }));
      return (pool.query as (...all: unknown[]) => unknown)(...given);
    }) as typeof pool.query,
  });
  const port = createDeliveryLedger({
    pool: failing,
    clock: systemClock,
    worker: 1,
    leaseMs: 60_000,
    onAway: () => tries++,
  });
  let tries = 0;
  await port.claim(ledger.job(1));
  const settled = port.settle(accepted(ledger.job(1)));
  await waitUntil("the settlement was tried", () => tries > 0);
  let claimed = false;
  const claim = port.claim(ledger.job(2)).then((answer) => {
    claimed = true;
    return answer;
  });
  await waitUntil("the settlement was tried again", () => tries > 2);
  expect(claimed).toBe(false);
  expect(await ledger.row(2)).toMatchObject({ state: "pending" });
  away = false;
  await settled;
  expect((await claim)?.job).toEqual(ledger.job(2));
  expect(await ledger.row(1)).toMatchObject({ state: "accepted" });
});
