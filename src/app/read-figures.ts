/** What monitoring is told, in Prometheus's text format. */
import type { Pool } from "pg";
import { countCampaigns, readOpenCampaigns } from "../adapters/postgres/installation-figures.ts";
import { loadLanes } from "../adapters/postgres/ledger/lanes.ts";
import { readWorkerReports } from "../adapters/postgres/worker-reports.ts";
import type { Config } from "./config.ts";

type Labels = Readonly<Record<string, string | number>>;
type Sample = readonly [labels: Labels, value: number];

interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
}

export async function readFigures(pool: Pool, config: Pick<Config, "rateLimitRestMs">): Promise<string> {
  const [campaigns, open, lanes, workers] = await Promise.all([
    countCampaigns(pool),
    readOpenCampaigns(pool),
    loadLanes(pool, config.rateLimitRestMs),
    readWorkerReports(pool),
  ]);
  const kinds = ["deliver", "dispatch", "feedback"] as const;
  const metrics: readonly Metric[] = [
    {
      name: "campaigns",
      type: "gauge",
      help: "Campaigns by state.",
      samples: Object.entries(campaigns).map(([state, count]) => [{ state }, count]),
    },
    {
      name: "deliveries",
      type: "gauge",
      help: "Deliveries of the campaigns that are open, by state, counted from the ledger's rows.",
      samples: open.flatMap(({ campaign, issue, deliveries }) =>
        Object.entries(deliveries).map(([state, count]): Sample => [{ campaign, issue, state }, count]),
      ),
    },
    {
      name: "accepted_last_minute",
      type: "gauge",
      help: "Mails of an open campaign that a server took in the last minute, counted from the ledger's rows.",
      samples: open.map(({ campaign, issue, acceptedInMinute }) => [{ campaign, issue }, acceptedInMinute]),
    },
    {
      name: "lane_pace_per_second",
      type: "gauge",
      help: "Mails a second that a lane may send now; a lane without a limit is absent.",
      samples: lanes.flatMap(({ name, perSecond, slowFactor }): Sample[] =>
        perSecond === null ? [] : [[{ lane: name }, perSecond * slowFactor]],
      ),
    },
    {
      name: "lane_slow_factor",
      type: "gauge",
      help: "Share of its pace that a rate limit leaves a lane; 1 is all of it.",
      samples: lanes.map(({ name, slowFactor }) => [{ lane: name }, slowFactor]),
    },
    {
      name: "lane_paused",
      type: "gauge",
      help: "1 where a lane stands still until somebody lets it go on.",
      samples: lanes.map(({ name, pausedReason }) => [{ lane: name }, pausedReason === null ? 0 : 1]),
    },
    {
      name: "queue_jobs",
      type: "gauge",
      help: "Jobs that wait or run in the queue, by lane.",
      samples: Object.entries(workers.find(({ kind }) => kind === "dispatch")?.queued ?? {}).map(([lane, count]) => [
        { lane },
        count,
      ]),
    },
    {
      name: "workers",
      type: "gauge",
      help: "Worker processes that were alive within the last 15 seconds.",
      samples: kinds.map((kind) => [{ kind }, workers.filter((worker) => worker.kind === kind).length]),
    },
    {
      name: "worker_event_loop_delay_seconds",
      type: "gauge",
      help: "How late a worker's event loop was in its last five seconds, 99th percentile.",
      samples: workers.map(({ worker, kind, eventLoopMs }) => [{ worker, kind }, eventLoopMs / 1_000]),
    },
    {
      name: "worker_outcomes_total",
      type: "counter",
      help: "What became of the deliveries that a worker tried, since it started.",
      samples: workers.flatMap(({ worker, kind, outcomes }) =>
        Object.entries(outcomes).map(([outcome, count]): Sample => [{ worker, kind, outcome }, count]),
      ),
    },
  ];
  return metrics.map(formatMetric).join("");
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4 */
function formatMetric({ name, type, help, samples }: Metric): string {
  const full = `broadsheet_${name}`;
  const lines = samples.map(([labels, value]) => {
    const written = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(String(text))}"`);
    return `${full}{${written.join(",")}} ${value}\n`;
  });
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
