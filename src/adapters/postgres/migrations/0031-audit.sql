-- Who did what, as a chain: each entry's hash covers its facts and the hash before it, so that one that was removed or changed
-- shows. Entries name people by their numbers alone; what is personal stands in audit_details, and an erasure breaks nothing.

CREATE TABLE audit_entries (
  -- From 1, without a gap.
  number   bigint PRIMARY KEY,
  -- To the millisecond, as it is hashed.
  at       timestamptz NOT NULL,
  -- user:3, token:5, command, reader, system.
  actor    text NOT NULL,
  action   text NOT NULL,
  -- campaign:12, subscriber:77, list:news; empty where it is about nothing in particular.
  subject  text NOT NULL,
  -- JSON as it was hashed, byte for byte: numbers, ids and words of our own.
  facts    text NOT NULL,
  previous bytea NOT NULL,
  hash     bytea NOT NULL,
  -- HMAC of the hash by the installation's secret: whoever has only the database can't make a chain that holds.
  seal     bytea NOT NULL
);
CREATE INDEX audit_entries_by_subject ON audit_entries (subject, number);

-- The newest entry; its lock is what makes one append wait for another.
CREATE TABLE audit_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  number   bigint NOT NULL DEFAULT 0,
  hash     bytea NOT NULL
);
-- The chain begins with the installation: entries of another one don't fit.
INSERT INTO audit_head (hash) SELECT sha256(convert_to('broadsheet audit ' || id::text, 'UTF8')) FROM installation;

-- An address or a reason in somebody's words; outside the chain, and gone with the person.
CREATE TABLE audit_details (
  number      bigint PRIMARY KEY,
  address_key text COLLATE "C",
  words       text NOT NULL
);
CREATE INDEX audit_details_by_address ON audit_details (address_key) WHERE address_key IS NOT NULL;

-- Nothing of ours changes an entry; a mistake at the console of the database should not either.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'entries of the audit log are never changed or removed';
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
