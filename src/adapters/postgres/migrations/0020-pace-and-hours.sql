-- Daily caps of lanes, when campaigns really began, sending windows, canaries and recurring campaigns.

-- Tries that a capped lane claimed, by UTC day of the database's clock. Few rows that change often.
CREATE TABLE lane_days (
  lane    text NOT NULL,
  day     date NOT NULL,
  claimed bigint NOT NULL,
  PRIMARY KEY (lane, day)
) WITH (fillfactor = 50);

-- The lane's cap today: it grows by its share each day since the warm-up began. Bounded, so that no power overflows. Null is
-- no cap; said outright, since least and greatest pass over nulls.
CREATE FUNCTION lane_cap(daily_cap integer, daily_growth real, warm_up_since date) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN daily_cap IS NOT NULL THEN least(1e9, floor(daily_cap * power(1 + least(daily_growth, 9)::float8,
    least(100, greatest(0, (now() AT TIME ZONE 'UTC')::date - coalesce(warm_up_since, (now() AT TIME ZONE 'UTC')::date))))
  ))::bigint END
$$;

-- Tries that are left to the lane today; null is no cap.
CREATE FUNCTION lane_left(lane text, daily_cap integer, daily_growth real, warm_up_since date) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN daily_cap IS NOT NULL THEN greatest(0, lane_cap(daily_cap, daily_growth, warm_up_since) - coalesce(
    (SELECT d.claimed FROM lane_days d WHERE d.lane = lane_left.lane AND d.day = (now() AT TIME ZONE 'UTC')::date), 0)) END
$$;

-- When it first turned to sending; pausing and resuming leave it.
ALTER TABLE campaigns ADD COLUMN began_at timestamptz;
-- A person said that it may begin although it is late or the database is behind its witness.
ALTER TABLE campaigns ADD COLUMN confirmed_at timestamptz;
-- When the first share's answers are judged, before the others follow; null when there is no such share, or it was judged.
ALTER TABLE campaigns ADD COLUMN canary_until timestamptz;

-- Campaigns that come again. A row with the next time: an emptied queue ends nothing.
CREATE TABLE recurrences (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Minute, hour, day, month, weekday; `2#1` is the first Tuesday.
  cron       text NOT NULL,
  zone       text NOT NULL,
  -- The newest issue file in this folder that was not sent to the list yet.
  folder     text NOT NULL,
  list_id    bigint NOT NULL REFERENCES lists (id),
  segment    text,
  next_at    timestamptz NOT NULL,
  -- What became of the last time, in words.
  last_at    timestamptz,
  last_said  text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX recurrences_due ON recurrences (next_at);
