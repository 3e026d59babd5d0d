/** Where an event's calendar file is served; the digest's id keeps it the file of exactly this edition. */
export function calendarUrl(publicUrl: string, digestId: string, eventIndex: number): string {
  return `${publicUrl.replace(/\/+$/, "")}/calendar/${digestId}/${eventIndex}.ics`;
}
