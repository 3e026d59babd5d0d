-- A recurrence sends only what one colleague proposed and another approved, where the console has the people for it.
ALTER TABLE recurrences ADD COLUMN needs_approval boolean NOT NULL DEFAULT false;
