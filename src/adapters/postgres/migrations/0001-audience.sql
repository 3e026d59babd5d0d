-- Who may be mailed: addresses, lists, memberships, suppressions.

CREATE TABLE lists (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug           text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name           text NOT NULL,
  from_name      text NOT NULL,
  from_address   text NOT NULL,
  reply_to       text,
  -- One line of the address an entry; a campaign without one is refused.
  postal_address text[] NOT NULL DEFAULT '{}',
  -- RFC 2919, the part in angle brackets: stable for the list's life.
  list_id        text NOT NULL,
  -- Where readers without a known zone are assumed to live.
  zone           text NOT NULL DEFAULT 'UTC',
  lang           text NOT NULL DEFAULT 'en',
  -- Public archive, sign-up and the like: settings that only pages read.
  settings       jsonb NOT NULL DEFAULT '{}',
  created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE subscribers (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- One person is one address: NFC, local part in lower case, domain as A-label in lower case.
  address_key text NOT NULL UNIQUE,
  -- As the person gave it: shown, and sent to.
  address     text NOT NULL,
  -- The recipient's domain as A-label, for lanes and domain suppressions.
  domain      text NOT NULL,
  lang        text,
  zone        text,
  topics      text[] NOT NULL DEFAULT '{}',
  attributes  jsonb NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TYPE subscription_status AS ENUM ('pending', 'confirmed', 'unsubscribed');

CREATE TABLE subscriptions (
  list_id       bigint NOT NULL REFERENCES lists (id),
  subscriber_id bigint NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  status        subscription_status NOT NULL,
  -- The proof of consent: when, which wording, where from; the source of an import.
  consent       jsonb NOT NULL DEFAULT '{}',
  joined_at     timestamptz NOT NULL DEFAULT now(),
  changed_at    timestamptz NOT NULL DEFAULT now(),
  -- No mail before this day, by the reader's own choice.
  paused_until  timestamptz,
  PRIMARY KEY (list_id, subscriber_id)
);
CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber_id);

-- An address (its key), a whole domain ("@example.com"), or the keyed hash of an erased address ("#..."), that must not be mailed.
CREATE TABLE suppressions (
  key         text PRIMARY KEY,
  reason      text NOT NULL CHECK (reason IN ('hard-bounce', 'soft-bounces', 'complaint', 'manual', 'erased', 'imported')),
  source      text NOT NULL,
  -- Waits for a second proof: suppressed, but listed for an operator.
  provisional boolean NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL DEFAULT now()
);
