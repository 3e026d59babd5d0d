const zone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" });
const clockTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const dayAndTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** In a list: today's by the clock, older ones by the day; the whole of it, with the zone, on pointing. */
export function MailTime({ at, now }: { readonly at: Date; readonly now: Date }) {
  const isToday = day.format(at) === day.format(now);
  return (
    <time datetime={at.toISOString()} title={formatMoment(at)}>
      {isToday ? clockTime.format(at) : day.format(at)}
    </time>
  );
}

/** "1 Dec 2026, 09:00:00 CET", in this machine's zone. */
export function formatMoment(at: Date): string {
  const name = zone.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
  return `${dayAndTime.format(at)} ${name}`.trim();
}
