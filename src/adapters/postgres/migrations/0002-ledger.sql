-- The ledger: what was decided, what became of each recipient, and when somebody must look again.

CREATE TABLE digests (
  -- Hash of the digest's inputs.
  id         text PRIMARY KEY,
  issue_slug text NOT NULL,
  -- The compiled digest as stored by the encoder in adapters/postgres.
  content    bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TYPE campaign_state AS ENUM ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled');
CREATE TYPE uncertain_policy AS ENUM ('hold', 'resend');

CREATE TABLE campaigns (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  issue_slug    text NOT NULL,
  digest_id     text NOT NULL REFERENCES digests (id),
  list_id       bigint NOT NULL REFERENCES lists (id),
  -- The segment as it was written; null for the whole list.
  segment       text,
  state         campaign_state NOT NULL,
  -- Why it is paused, when nobody pressed a button.
  state_reason  text,
  policy        uncertain_policy NOT NULL DEFAULT 'hold',
  -- Stored by the plan on its own; the other side of the balance is counted from rows.
  planned       bigint,
  -- When the first mail may go; recipients' local times are due_at of their rows.
  starts_at     timestamptz NOT NULL,
  -- `subscriber`, or the zone in which the time was said.
  schedule      jsonb NOT NULL DEFAULT '{}',
  -- The subscriber fields that the digest's slots name: what a claim freezes.
  fields        text[] NOT NULL DEFAULT '{}',
  -- DKIM selectors that sign it, comma separated; a claim freezes them, so that a retry after a rotation gives the same bytes.
  selectors     text NOT NULL DEFAULT '',
  created_at    timestamptz NOT NULL DEFAULT now(),
  planned_at    timestamptz,
  finished_at   timestamptz
);
CREATE INDEX campaigns_active ON campaigns (state) WHERE state IN ('scheduled', 'sending', 'paused');
CREATE INDEX campaigns_by_issue ON campaigns (list_id, issue_slug);

CREATE TYPE delivery_state AS ENUM ('pending', 'sending', 'accepted', 'deferred', 'refused', 'skipped', 'uncertain');

CREATE TABLE deliveries (
  campaign_id   bigint NOT NULL,
  -- Running number within the campaign, from 1.
  number        bigint NOT NULL,
  subscriber_id bigint NOT NULL,
  -- The only timer: when must the dispatcher look at this row next. Null when nobody need look again.
  due_at        timestamptz,
  -- While `sending`: when the claim ends for certain. Not indexed, so that claiming stays an in-page (HOT) update.
  lease_until   timestamptz,
  first_claimed_at timestamptz,
  settled_at    timestamptz,
  -- Raised by every deferral and reschedule; job, claim and settle name it.
  turn          integer NOT NULL DEFAULT 1,
  -- Tries that ended, without those that a provider's rate limit put off.
  attempts      integer NOT NULL DEFAULT 0,
  -- The process that holds the claim; an advisory lock of the same number says whether it lives.
  worker        integer,
  state         delivery_state NOT NULL DEFAULT 'pending',
  lane          text NOT NULL,
  -- Which variant of the digest: one character an audience, decided by the plan.
  variant       text NOT NULL DEFAULT '',
  -- Reply of the server, or the reason for skipping.
  detail        text,
  -- What a retry needs besides the digest (FrozenDelivery); erased with the person.
  frozen        jsonb
) PARTITION BY LIST (campaign_id);

ALTER TABLE deliveries ADD PRIMARY KEY (campaign_id, number);
-- Once per person and campaign; led by the person, so that a person's timeline needs no index of its own.
CREATE UNIQUE INDEX deliveries_once ON deliveries (subscriber_id, campaign_id);
CREATE INDEX deliveries_due ON deliveries (lane, due_at) WHERE due_at IS NOT NULL;

-- One SMTP try that did not end in acceptance. Append-only.
CREATE TABLE attempts (
  campaign_id bigint NOT NULL,
  number      bigint NOT NULL,
  turn        integer NOT NULL,
  ended_at    timestamptz NOT NULL DEFAULT now(),
  server      text NOT NULL,
  outcome     text NOT NULL,
  phase       text,
  code        integer,
  enhanced    text,
  reply       text NOT NULL
);
CREATE INDEX attempts_by_delivery ON attempts (campaign_id, number);

-- Worker processes take their number here; the session's advisory lock of that number is their sign of life.
CREATE SEQUENCE worker_numbers AS integer;

CREATE TABLE lanes (
  name          text PRIMARY KEY,
  -- Recipient domains (A-labels); the lane "default" takes the rest.
  domains       text[] NOT NULL DEFAULT '{}',
  -- Mails a second over all processes; null is as fast as the workers are.
  per_second    numeric,
  concurrency   integer NOT NULL DEFAULT 20,
  -- Set by a provider's rate limit: nothing is handed out before, and the pace recovers slowly after.
  slowed_until  timestamptz,
  slow_factor   real NOT NULL DEFAULT 1,
  paused_reason text,
  -- Most mails a day, growing by plan; null is no cap.
  daily_cap     integer,
  -- Share by which the cap grows each day (0.5 is half as much again).
  daily_growth  real NOT NULL DEFAULT 0,
  warm_up_since date
);
INSERT INTO lanes (name, domains) VALUES
  ('default', '{}'),
  ('gmail', '{gmail.com,googlemail.com}'),
  ('microsoft', '{outlook.com,hotmail.com,live.com,msn.com,hotmail.co.uk,hotmail.fr,hotmail.de,outlook.de,outlook.fr,live.co.uk,live.fr}'),
  ('yahoo', '{yahoo.com,yahoo.co.uk,yahoo.de,yahoo.fr,yahoo.es,yahoo.it,yahoo.co.jp,ymail.com,rocketmail.com,aol.com}');
