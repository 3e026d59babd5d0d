/** What a reader asked for and has not proven yet. */
export type ReaderRequestKind = "sign-up" | "address-old" | "address-new";

/**
 * From here on numbers are those of requests, below they are subscribers' (the sequence in migration 0010 starts here): a
 * confirmation mail's links name its request where another mail's name a subscriber, and neither can be taken for the other.
 */
export const requestIdsFrom = 2 ** 50;

/** No second confirmation mail to one address for one list within this time, however often it is asked for. */
export const confirmationPauseMs = 3_600_000;

/** Most confirmation mails to one address in a day, over all lists. */
export const confirmationsADayMax = 3;

/** How long a confirmation link works. */
export const confirmationMsMax = 7 * 86_400_000;

/** After "that was not me" nobody can have a list mail this address for so long. */
export const cancelledMs = 90 * 86_400_000;

export type NoticeKind = "test" | "confirmation" | "address-change" | "invitation" | "forward";

/** What a confirmation or change-of-address mail is made of. */
export interface NoticeContent {
  readonly type: "sign-up" | "already" | "address-old" | "address-new";
  /** Whom its links name: a request, or for `already` the subscriber. */
  readonly subject: number;
  readonly lang: string;
  /** Shown in the mail, such as the new address of a change. */
  readonly values: Readonly<Record<string, string>>;
}
