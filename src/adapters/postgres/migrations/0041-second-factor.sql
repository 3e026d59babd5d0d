-- A code of an authenticator beside the password.

CREATE TABLE second_factors (
  user_id      bigint PRIMARY KEY REFERENCES users (id),
  -- Sealed with a key of the installation's secret.
  secret       bytea NOT NULL,
  -- Null until a first code showed that the authenticator has it; until then none is asked for.
  confirmed_at timestamptz,
  -- Of the code that was taken last: none is taken twice.
  last_step    bigint NOT NULL DEFAULT 0
);

-- For whoever lost the authenticator. Each is gone when it was used; only the hash is kept.
CREATE TABLE recovery_codes (
  user_id   bigint NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  PRIMARY KEY (user_id, code_hash)
);
