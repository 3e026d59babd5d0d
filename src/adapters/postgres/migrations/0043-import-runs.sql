-- Files that somebody brought to the console, and what became of them.

CREATE TABLE import_runs (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  list_id     bigint NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
  made_by     bigint NOT NULL REFERENCES users (id),
  -- As it was called where it came from; the bytes lie in the data folder under the run's number.
  file_name   text NOT NULL,
  bytes       bigint NOT NULL,
  state       text NOT NULL DEFAULT 'uploaded' CHECK (state IN ('uploaded', 'running', 'done', 'failed')),
  rows_read   bigint NOT NULL DEFAULT 0,
  -- reading or merging, while it runs.
  phase       text,
  -- accepted, updated, unchanged, rejected.
  counts      jsonb,
  problem     text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  -- Written every few seconds while it runs: a process that died says nothing more.
  seen_at     timestamptz,
  finished_at timestamptz
);
-- One at a time for each list.
CREATE UNIQUE INDEX import_runs_running ON import_runs (list_id) WHERE state = 'running';

-- How many are on each list is counted at every look at the lists, from this index alone.
CREATE INDEX subscriptions_by_status ON subscriptions (list_id, status);

-- A domain's people in the order of their addresses: a page of a large provider's is read in order, without the rest.
CREATE INDEX subscribers_by_domain ON subscribers (domain, address_key);
