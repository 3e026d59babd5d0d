/*
 * What readers chose on their preference page about when and how often (app/reader-preferences.ts): the attributes
 * `mailHour` (0 to 23, where she lives) and `mailCadence` (`weekly`, `monthly`). An index holds those who chose either
 * (migration 0010), so that a plan pays for nobody else.
 */

/** Half a day is given: a weekly issue that goes out on a Monday morning is not held against the last Monday's evening. */
const cadenceSql = `CASE s.attributes ->> 'mailCadence' WHEN 'weekly' THEN interval '6 days 12 hours' WHEN 'monthly' THEN interval '27 days 12 hours' END`;

/**
 * Those who chose: `id`, `hour`, `zone` (as PostgreSQL knows it, for the hour) and `reason`, which is set for one who had
 * an issue of this list lately enough.
 * @param list parameter that holds the list's number
 * @param start parameter that holds the campaign's start
 */
export function readerWishesSql(list: string, start: string): string {
  return `
  SELECT s.id,
    CASE WHEN t.name IS NOT NULL AND s.attributes ->> 'mailHour' ~ '^(1?[0-9]|2[0-3])$' THEN (s.attributes ->> 'mailHour')::int END AS hour,
    t.name AS zone,
    CASE WHEN EXISTS (
      SELECT 1 FROM campaigns c JOIN deliveries d ON d.campaign_id = c.id
      WHERE c.list_id = ${list} AND c.starts_at > ${start}::timestamptz - ${cadenceSql} AND c.starts_at <= ${start}::timestamptz
        AND d.subscriber_id = s.id AND d.state NOT IN ('skipped', 'refused')
    ) THEN 'had one lately, as the reader chose' END AS reason
  FROM subscribers s
  JOIN lists own ON own.id = ${list}
  LEFT JOIN pg_timezone_names t ON t.name = coalesce(s.zone, own.zone)
  WHERE s.attributes ?| ARRAY['mailHour', 'mailCadence']`;
}

/**
 * The reader's hour, on or after an instant: within that hour it is now.
 * @param instant an expression; `wish` the alias of a row of `readerWishesSql`
 */
export function atWishedHourSql(instant: string, wish: string): string {
  const local = `(${instant} AT TIME ZONE ${wish}.zone)`;
  const today = `(date_trunc('day', ${local}) + ${wish}.hour * interval '1 hour')`;
  return `CASE
    WHEN ${wish}.hour IS NULL OR date_trunc('hour', ${local}) = ${today} THEN ${instant}
    WHEN ${today} > ${local} THEN ${today} AT TIME ZONE ${wish}.zone
    ELSE (${today} + interval '1 day') AT TIME ZONE ${wish}.zone END`;
}
