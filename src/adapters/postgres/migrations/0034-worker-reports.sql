-- What each worker process says of itself every few seconds, for /metrics. A worker that is gone says nothing any more.
CREATE TABLE worker_reports (
  worker      integer PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('deliver', 'dispatch', 'feedback')),
  started_at  timestamptz NOT NULL DEFAULT now(),
  reported_at timestamptz NOT NULL DEFAULT now(),
  -- How late its event loop was since the last report, 99th percentile.
  event_loop_ms real NOT NULL,
  -- Outcomes since it started.
  outcomes    jsonb NOT NULL DEFAULT '{}',
  -- Jobs that wait or run in the queue, by lane; the dispatcher tells.
  queued      jsonb NOT NULL DEFAULT '{}'
);
