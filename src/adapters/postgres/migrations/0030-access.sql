-- Who works here, and what they decided together before a send.

CREATE TABLE users (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  address_key   text COLLATE "C" NOT NULL UNIQUE,
  address       text NOT NULL,
  name          text NOT NULL,
  role          text NOT NULL CHECK (role IN ('admin', 'editor', 'approver', 'viewer')),
  -- argon2id in the PHC string format.
  password_hash text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  -- Set when somebody may no longer sign in; what they did stays theirs.
  disabled_at   timestamptz
);

-- One-time links by which people get in. Only the token's hash is kept.
CREATE TABLE invitations (
  token_hash bytea PRIMARY KEY,
  role       text NOT NULL CHECK (role IN ('admin', 'editor', 'approver', 'viewer')),
  -- Null for the first admin's link, which works only while there is nobody.
  created_by bigint REFERENCES users (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);

CREATE TABLE sessions (
  token_hash   bytea PRIMARY KEY,
  user_id      bigint NOT NULL REFERENCES users (id),
  created_at   timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  -- However busy it is, a session ends here.
  expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- A send that somebody proposed and somebody else approved: bound to exactly what would go out, to whom and when.
CREATE TABLE approvals (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The file's name in issues/.
  issue_key   text NOT NULL,
  issue_slug  text NOT NULL,
  list_slug   text NOT NULL,
  segment     text,
  -- As written; null begins at once.
  at          text,
  tz          text,
  digest_id   text NOT NULL,
  -- Hash of digest, list, segment, schedule and policy.
  binding     text NOT NULL,
  -- What the flight plan counted.
  planned     bigint NOT NULL,
  to_send     bigint NOT NULL,
  skipped     jsonb NOT NULL,
  author_id   bigint NOT NULL REFERENCES users (id),
  created_at  timestamptz NOT NULL DEFAULT now(),
  approver_id bigint REFERENCES users (id) CHECK (approver_id <> author_id),
  approved_at timestamptz,
  -- Why it holds no more.
  voided      text,
  campaign_id bigint REFERENCES campaigns (id)
);
