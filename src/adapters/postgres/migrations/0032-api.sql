-- Other programs: what they may do, and what they were answered.

CREATE TABLE api_tokens (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name         text NOT NULL,
  -- The token itself is shown once and kept nowhere.
  token_hash   bytea NOT NULL UNIQUE,
  scopes       text[] NOT NULL,
  created_by   bigint NOT NULL REFERENCES users (id),
  created_at   timestamptz NOT NULL DEFAULT now(),
  -- To the minute.
  last_used_at timestamptz,
  revoked_at   timestamptz
);

-- The answer to a request that carried an Idempotency-Key, for a day: the same request again gets it instead of a second effect.
CREATE TABLE api_answers (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token_id      bigint NOT NULL REFERENCES api_tokens (id),
  key           text NOT NULL,
  -- SHA-256 of method, path and body: another request under the same key is refused.
  request       bytea NOT NULL,
  -- Null while the first one is under way.
  status        integer,
  body          text,
  -- Whom the answer is about: it goes with the person.
  subscriber_id bigint,
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (token_id, key)
);
CREATE INDEX api_answers_by_time ON api_answers (created_at);
CREATE INDEX api_answers_by_subscriber ON api_answers (subscriber_id) WHERE subscriber_id IS NOT NULL;
