-- What came back: one row a finding, append-only.

CREATE TABLE feedback (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at            timestamptz NOT NULL DEFAULT now(),
  -- How it came: session (our own SMTP session), smtp, imap, file, ses, postmark, sendgrid, mailgun.
  source        text NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('hard', 'soft', 'full', 'policy', 'delayed', 'delivered', 'complaint', 'auto-reply', 'reply', 'unknown')),
  hard          boolean NOT NULL,
  -- The reader's address key where the delivery is known, else the address as the report writes it.
  recipient_key text COLLATE "C",
  status        text,
  diagnostic    text NOT NULL,
  action        text,
  -- The reason behind the kind, such as spam or mailbox-full.
  reason        text,
  -- What proves the delivery: session, token, message-id; null where nothing does, and then it changed nothing.
  trust         text,
  campaign_id   bigint,
  number        bigint,
  subscriber_id bigint,
  lane          text,
  -- What it did beside being recorded, in words.
  effects       text[] NOT NULL DEFAULT '{}',
  -- Which mail said what: the same report twice is one row.
  digest        bytea NOT NULL UNIQUE
);
CREATE INDEX feedback_by_subscriber ON feedback (subscriber_id, at) WHERE subscriber_id IS NOT NULL;
CREATE INDEX feedback_by_delivery ON feedback (campaign_id, number) WHERE campaign_id IS NOT NULL;
-- Reports that nothing proves, for erasing whom they name.
CREATE INDEX feedback_by_recipient ON feedback (recipient_key) WHERE subscriber_id IS NULL;
-- The hour of a lane, and what is past its time.
CREATE INDEX feedback_by_time ON feedback (at);

-- A refusal in our own session says at once what a bounce says later. What nobody has judged yet is found by this index,
-- whichever process wrote it and whenever its transaction ended.
ALTER TABLE attempts ADD COLUMN judged boolean NOT NULL DEFAULT false;
CREATE INDEX attempts_unjudged ON attempts (ended_at) WHERE outcome = 'refused' AND NOT judged;

-- Webhook calls that were taken: a copy of one is refused.
CREATE TABLE webhook_calls (
  provider text NOT NULL,
  id       text NOT NULL,
  at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, id)
);
CREATE INDEX webhook_calls_by_time ON webhook_calls (at);

-- A person's answer as it came, to be forwarded.
ALTER TABLE notices ADD COLUMN attached bytea;
