/** Which delivery: the campaign, and its running number there (from 1). Written `12.345`. */
export interface DeliveryId {
  readonly campaign: number;
  readonly number: number;
}

export type DeliveryState = "pending" | "sending" | "accepted" | "deferred" | "refused" | "skipped" | "uncertain";

/** The only thing that stands in the queue: nothing personal. */
export interface DeliveryJob {
  readonly delivery: DeliveryId;
  /** Raised by every deferral and reschedule, so that an old job does nothing. */
  readonly turn: number;
}

/**
 * What a retry needs besides the Digest. Frozen at the first claim and erased with the person, so that the same delivery
 * always gives the same bytes.
 */
export interface FrozenDelivery {
  readonly subscriberId: number;
  /** As the person gave it. */
  readonly address: string;
  /** The values of the digest's `subscriber.*` slots; a missing field is absent. */
  readonly values: Readonly<Record<string, string>>;
  /** The reader's zone where known, for times. */
  readonly zone: string | null;
  /** Which variant of the digest. */
  readonly variant: string;
  /** The Date header, milliseconds since 1970. */
  readonly dateMs: number;
  /** DKIM selectors that sign, comma separated; empty for unsigned. */
  readonly selectors: string;
}

/** A claimed delivery: everything a worker needs to send it once. */
export interface Claim {
  readonly job: DeliveryJob;
  /** The list's number, for the reader's token. */
  readonly list: number;
  readonly lane: string;
  readonly digestId: string;
  readonly frozen: FrozenDelivery;
  /** Counted tries before this one. */
  readonly attempts: number;
  /** Milliseconds since the first claim, by the database's clock: the give-up age counts from there. */
  readonly ageMs: number;
  readonly policy: UncertainPolicy;
}

/** What is done with a delivery whose reply never came: wait for a person or a report, or send again. */
export type UncertainPolicy = "hold" | "resend";

/** `12.345` */
export function formatDeliveryId(id: DeliveryId): string {
  return `${id.campaign}.${id.number}`;
}

/** Reads `12.345`; `null` when it is not a delivery's id. */
export function parseDeliveryId(text: string): DeliveryId | null {
  const match = /^([1-9]\d{0,14})\.([1-9]\d{0,14})$/.exec(text);
  return match ? { campaign: Number(match[1]), number: Number(match[2]) } : null;
}
