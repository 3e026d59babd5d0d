-- Mails that belong to no campaign: tests, confirmations, invitations. A small ledger of their own, ahead of bulk.
CREATE TABLE notices (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text NOT NULL CHECK (kind IN ('test', 'confirmation', 'address-change', 'invitation', 'forward')),
  list_id       bigint REFERENCES lists (id),
  address       text NOT NULL,
  -- What it is made of, by kind; erased with the person.
  content       jsonb NOT NULL DEFAULT '{}',
  state         delivery_state NOT NULL DEFAULT 'pending',
  turn          integer NOT NULL DEFAULT 1,
  attempts      integer NOT NULL DEFAULT 0,
  due_at        timestamptz DEFAULT now(),
  lease_until   timestamptz,
  worker        integer,
  detail        text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  settled_at    timestamptz
);
CREATE INDEX notices_due ON notices (due_at) WHERE due_at IS NOT NULL;
