/*
 * When readers call a campaign spam. Counted per lane: providers that report complaints (Yahoo, Microsoft, relays) must not be
 * thinned by the mails of one that does not (Gmail).
 */

/** One angry reader, or a few of a small lane, prove nothing. */
export const complaintsMin = 5;

/**
 * The share of a lane's accepted mails above which a campaign halts. Gmail's and Yahoo's rules for bulk senders: stay below
 * 0.1 %, never reach 0.3 % (support.google.com/mail/answer/81126, senders.yahooinc.com/best-practices).
 */
export const complaintShareMax = 0.003;

/**
 * How many accepted mails so many complaints are borne by: where there are fewer, the campaign halts.
 * @param shareMax 0 to 1; 1 never halts
 * @returns `null` when the complaints are too few to prove anything
 */
export function acceptedToBear(complaints: number, shareMax: number): number | null {
  if (shareMax >= 1 || complaints < complaintsMin) return null;
  return shareMax <= 0 ? Number.MAX_SAFE_INTEGER : Math.ceil(complaints / shareMax);
}

/** Why a campaign was halted, for people. */
export function describeComplaints(complaints: number, accepted: number, lane: string): string {
  const percent = ((100 * complaints) / Math.max(accepted, 1)).toFixed(1);
  return `${complaints} of ${accepted} readers in the lane ${lane} called it spam (${percent} %)`;
}
