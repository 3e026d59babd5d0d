-- Which installation this database belongs to: files outside it (journals, the witness of schedules) name it.
CREATE TABLE installation (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id         uuid NOT NULL DEFAULT gen_random_uuid(),
  -- Raised whenever a campaign begins; a witness outside the database keeps the same number.
  generation bigint NOT NULL DEFAULT 0
);
INSERT INTO installation DEFAULT VALUES;
