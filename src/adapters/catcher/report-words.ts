/** Who the reports are from. */
export const reporterDomain = "catcher.broadsheet.localhost";

/** RFC 5322 section 3.3, in UTC. */
export function formatMailDate(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}
