/*
 * The statements of an import. The stage is a temporary table of its session: not logged, gone with the session, invisible
 * to all others. The merge asks it three questions a million rows at a time instead of one question a million times.
 */

export const createStageSql = `
CREATE TEMPORARY TABLE import_stage (
  line        bigint NOT NULL,
  original    text NOT NULL,
  problem     text,
  -- Null: the row can't be used, and the problem says why.
  key         text COLLATE "C",
  address     text,
  domain      text COLLATE "C",
  lang        text,
  zone        text,
  topics      text[],
  attributes  jsonb,
  erased_keys text[] COLLATE "C"
)`;

export const copyStageSql = "COPY import_stage FROM STDIN";

/**
 * One verdict a usable row. The last row of a person wins, as if the rows were imported one after the other. What keeps a
 * person away comes before what would be written.
 * Parameters: list.
 */
export const judgeSql = `
CREATE TEMPORARY TABLE import_verdict AS
SELECT s.line, x.id AS subscriber_id, m.status = 'pending' AS is_pending, s.problem IS NOT NULL AS is_partial, change.is_change,
  CASE
    WHEN again.last_line > s.line THEN 'duplicate'
    WHEN erased.key IS NOT NULL THEN 'erased'
    WHEN barred.key IS NOT NULL OR barred_domain.key IS NOT NULL THEN 'suppressed'
    WHEN m.status = 'unsubscribed' THEN 'unsubscribed'
    WHEN m.status IS NULL THEN 'accepted'
    WHEN change.is_change THEN 'updated'
    ELSE 'unchanged'
  END AS verdict,
  CASE
    WHEN again.last_line > s.line THEN again.last_line::text
    WHEN barred.key IS NOT NULL THEN barred.reason || ', ' || to_char(barred.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
    WHEN barred_domain.key IS NOT NULL THEN barred_domain.reason || ', ' || to_char(barred_domain.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
    WHEN m.status = 'unsubscribed' THEN to_char(m.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
  END AS detail
FROM import_stage s
LEFT JOIN (
  SELECT key, max(line) AS last_line FROM import_stage WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1
) again ON again.key = s.key
LEFT JOIN subscribers x ON x.address_key = s.key
LEFT JOIN subscriptions m ON m.subscriber_id = x.id AND m.list_id = $1
LEFT JOIN suppressions barred ON barred.key = s.key
LEFT JOIN suppressions barred_domain ON barred_domain.key = '@' || s.domain
LEFT JOIN LATERAL (
  SELECT e.key FROM suppressions e WHERE e.key = ANY (s.erased_keys) LIMIT 1
) erased ON s.erased_keys IS NOT NULL
CROSS JOIN LATERAL (
  SELECT x.id IS NOT NULL AND (
    (s.lang IS NOT NULL AND s.lang IS DISTINCT FROM x.lang)
    OR (s.zone IS NOT NULL AND s.zone IS DISTINCT FROM x.zone)
    OR (s.topics IS NOT NULL AND s.topics IS DISTINCT FROM x.topics)
    OR NOT x.attributes @> s.attributes
  ) AS is_change
) change
WHERE s.key IS NOT NULL`;

/** One who is known and is about to be joined to the list can't be erased meanwhile. In order, so that nobody waits in a circle. */
export const holdKnownSql = `
SELECT count(*) FROM (
  SELECT x.id FROM subscribers x JOIN import_verdict v ON v.subscriber_id = x.id
  WHERE v.verdict = 'accepted' ORDER BY x.id FOR KEY SHARE OF x
) held`;

const newPeopleSql = `
  INSERT INTO subscribers (address_key, address, domain, lang, zone, topics, attributes)
  SELECT s.key, s.address, s.domain, s.lang, s.zone, coalesce(s.topics, '{}'), s.attributes
  FROM import_verdict v JOIN import_stage s USING (line)
  WHERE v.verdict = 'accepted' AND v.subscriber_id IS NULL`;

/**
 * People who are new, each with the subscription. Without ON CONFLICT, which costs half as much again: it looks before it
 * writes, and writes twice. Where somebody signs up in this very moment the statement fails, and the two careful ones take
 * its place. Parameters: list, consent.
 */
export const insertNewSql = `
WITH added AS (${newPeopleSql} RETURNING id)
INSERT INTO subscriptions (list_id, subscriber_id, status, consent) SELECT $1, id, 'confirmed', $2::jsonb FROM added`;

/** Of those who are known already. Parameters: list, consent. */
export const joinKnownSql = `
INSERT INTO subscriptions (list_id, subscriber_id, status, consent)
SELECT $1, v.subscriber_id, 'confirmed', $2::jsonb FROM import_verdict v
WHERE v.verdict = 'accepted' AND v.subscriber_id IS NOT NULL
ON CONFLICT (list_id, subscriber_id) DO NOTHING`;

/** One who stands there already is joined by the next statement. */
export const insertNewCarefullySql = `${newPeopleSql} ON CONFLICT (address_key) DO NOTHING`;

/** One who joined or left the list in this moment has a row already, and it stays. Parameters: list, consent. */
export const joinNewCarefullySql = `
INSERT INTO subscriptions (list_id, subscriber_id, status, consent)
SELECT $1, x.id, 'confirmed', $2::jsonb
FROM import_verdict v JOIN import_stage s USING (line) JOIN subscribers x ON x.address_key = s.key
WHERE v.verdict = 'accepted' AND v.subscriber_id IS NULL
ON CONFLICT (list_id, subscriber_id) DO NOTHING`;

/** What the file leaves open stays as it is; so does the person's own spelling of the address. */
export const updateSubscribersSql = `
UPDATE subscribers x SET
  lang = coalesce(s.lang, x.lang),
  zone = coalesce(s.zone, x.zone),
  topics = coalesce(s.topics, x.topics),
  attributes = x.attributes || s.attributes,
  updated_at = now()
FROM import_verdict v JOIN import_stage s USING (line)
WHERE x.id = v.subscriber_id AND v.is_change AND v.verdict IN ('accepted', 'updated')`;

export const countSql = `
SELECT
  count(*) FILTER (WHERE verdict = 'accepted') AS accepted,
  count(*) FILTER (WHERE verdict = 'updated') AS updated,
  count(*) FILTER (WHERE verdict = 'unchanged') AS unchanged,
  count(*) FILTER (WHERE verdict = 'duplicate') AS duplicate,
  count(*) FILTER (WHERE verdict = 'suppressed') AS suppressed,
  count(*) FILTER (WHERE verdict = 'erased') AS erased,
  count(*) FILTER (WHERE verdict = 'unsubscribed') AS unsubscribed,
  count(*) FILTER (WHERE is_partial AND verdict IN ('accepted', 'updated', 'unchanged')) AS value,
  count(*) FILTER (WHERE is_pending AND NOT is_partial AND verdict IN ('updated', 'unchanged')) AS pending
FROM import_verdict`;

/** Every row that was refused in whole or in part, in the file's order. A refusal in whole hides one in part. */
export const refusedSql = `
SELECT s.line, s.original,
  CASE
    WHEN s.key IS NULL THEN 'invalid'
    WHEN v.verdict IN ('duplicate', 'suppressed', 'erased', 'unsubscribed') THEN v.verdict
    WHEN s.problem IS NOT NULL THEN 'value'
    ELSE 'pending'
  END AS cause,
  coalesce(v.detail, s.problem, '') AS detail
FROM import_stage s LEFT JOIN import_verdict v USING (line)
WHERE s.problem IS NOT NULL
  OR v.verdict IN ('duplicate', 'suppressed', 'erased', 'unsubscribed')
  OR (v.is_pending AND v.verdict IN ('updated', 'unchanged'))
ORDER BY s.line`;
