import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../../../src/app/log.ts";
import { reportWorker } from "../../../src/app/report-worker.ts";
import { readWorkerReports, writeWorkerReport } from "../../../src/adapters/postgres/worker-reports.ts";
import { createApi, type Api } from "../../support/api.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";

let api: Api;
let campaign: number;
beforeAll(async () => {
  api = await createApi();
  const { listId } = await createSampleList(api.web.pool, addresses(5));
  ({ campaign } = await planSampleCampaign(api.web.pool, listId));
  await api.web.pool.query(
    "UPDATE deliveries SET state = 'accepted', due_at = NULL, settled_at = now() WHERE campaign_id = $1 AND number <= 2",
    [campaign],
  );
  await api.web.pool.query("UPDATE lanes SET per_second = 50, paused_reason = 'a \"reason\"' WHERE name = 'gmail'");
  const about = { eventLoopMs: 4, outcomes: {}, queued: {} };
  await writeWorkerReport(api.web.pool, {
    ...about,
    worker: 901,
    kind: "deliver",
    outcomes: { accepted: 7, refused: 1 },
  });
  await writeWorkerReport(api.web.pool, { ...about, worker: 902, kind: "dispatch", queued: { gmail: 3 } });
  await writeWorkerReport(api.web.pool, { ...about, worker: 903, kind: "deliver" });
  await api.web.pool.query("UPDATE worker_reports SET reported_at = now() - interval '1 minute' WHERE worker = 903");
});
afterAll(() => api.web.stop());

const ask = async (token: string | null): Promise<Response> =>
  api.web.app.request("/metrics", token === null ? {} : { headers: { authorization: `Bearer ${token}` } });

describe("/metrics", () => {
  it("is read by a token of its own scope, and by nobody else, wherever they ask from", async () => {
    expect((await ask(null)).status).toBe(401);
    expect((await ask("bsht_guessed")).status).toBe(401);
    expect((await ask(await api.tokenFor("campaigns:read"))).status).toBe(403);
    expect((await ask(await api.tokenFor("metrics:read"))).status).toBe(200);
  });

  it("tells deliveries by state, lanes, the queue and the workers that live, in Prometheus's format", async () => {
    const response = await ask(await api.tokenFor("metrics:read"));
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    const lines = text.trimEnd().split("\n");
    const sample =
      /^broadsheet_[a-z_]+\{([a-z]+="(?:[^"\\]|\\.)*"(,[a-z]+="(?:[^"\\]|\\.)*")*)?\} \d+(\.\d+)?(e-?\d+)?$/;
    expect(lines.filter((line) => !/^# (HELP|TYPE) broadsheet_[a-z_]+ ./.test(line) && !sample.test(line))).toEqual([]);
    const issue = (await api.web.pool.query("SELECT issue_slug FROM campaigns")).rows[0].issue_slug as string;
    const about = `campaign="${campaign}",issue="${issue}"`;
    expect(lines).toEqual(
      expect.arrayContaining([
        'broadsheet_campaigns{state="scheduled"} 1',
        `broadsheet_deliveries{${about},state="accepted"} 2`,
        `broadsheet_deliveries{${about},state="pending"} 3`,
        `broadsheet_accepted_last_minute{${about}} 2`,
        'broadsheet_lane_pace_per_second{lane="gmail"} 50',
        'broadsheet_lane_paused{lane="gmail"} 1',
        'broadsheet_lane_paused{lane="yahoo"} 0',
        'broadsheet_queue_jobs{lane="gmail"} 3',
        'broadsheet_workers{kind="deliver"} 1',
        'broadsheet_workers{kind="feedback"} 0',
        'broadsheet_worker_event_loop_delay_seconds{worker="901",kind="deliver"} 0.004',
        'broadsheet_worker_outcomes_total{worker="901",kind="deliver",outcome="accepted"} 7',
      ]),
    );
    expect(text).not.toContain("903");
    expect(text).not.toContain("example.net");
  });
});

it("a worker's report goes with it", async () => {
  const log = createLogger({ logLevel: "silent" }, "test");
  const reporting = await reportWorker(api.web.pool, log, { kind: "feedback", worker: 904 });
  await writeWorkerReport(api.web.pool, { worker: 904, kind: "feedback", eventLoopMs: 0, outcomes: {}, queued: {} });
  expect((await readWorkerReports(api.web.pool)).map(({ worker }) => worker)).toContain(904);
  await reporting.stop();
  expect((await readWorkerReports(api.web.pool)).map(({ worker }) => worker)).not.toContain(904);
});
