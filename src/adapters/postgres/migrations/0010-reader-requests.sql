-- What readers asked for and have not proven yet: joining a list, and both ends of a change of address.

-- Numbers far above those of subscribers (and within what a token carries): a confirmation mail's links name its request,
-- and no number of a request may ever be read as somebody's.
CREATE SEQUENCE reader_request_ids START 1125899906842624;

CREATE TABLE reader_requests (
  id            bigint PRIMARY KEY DEFAULT nextval('reader_request_ids'),
  kind          text NOT NULL CHECK (kind IN ('sign-up', 'address-old', 'address-new')),
  list_id       bigint NOT NULL REFERENCES lists (id),
  -- Whom the mail goes to.
  address_key   text COLLATE "C" NOT NULL,
  address       text NOT NULL,
  domain        text COLLATE "C" NOT NULL,
  lang          text NOT NULL,
  -- Of a change of address: whose. Each end's consent names the other's address key.
  subscriber_id bigint,
  -- When, which wording, where from: becomes the proof of consent.
  consent       jsonb NOT NULL DEFAULT '{}',
  -- However often somebody asks, it is one row.
  asked         integer NOT NULL DEFAULT 1,
  asked_at      timestamptz NOT NULL DEFAULT now(),
  -- A mail is wanted; who may get one is decided after the page was answered, so that its time tells nothing.
  mail_due_at   timestamptz,
  mailed_at     timestamptz,
  expires_at    timestamptz,
  confirmed_at  timestamptz,
  -- "That was not me."
  cancelled_at  timestamptz,
  UNIQUE (kind, list_id, address_key)
);
CREATE INDEX reader_requests_due ON reader_requests (mail_due_at) WHERE mail_due_at IS NOT NULL;
CREATE INDEX reader_requests_by_address ON reader_requests (address_key);

-- Notices to one person: how many a day, and what goes when she is erased.
ALTER TABLE notices ADD COLUMN address_key text COLLATE "C";
CREATE INDEX notices_by_address ON notices (address_key, created_at);

-- Those who chose when or how often (ledger/reader-wishes.ts); a plan looks for nobody else's choice.
CREATE INDEX subscribers_with_wishes ON subscribers (id) WHERE attributes ?| ARRAY['mailHour', 'mailCadence'];
