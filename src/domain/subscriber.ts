/** An address with attributes. */
export interface Subscriber {
  readonly id: number;
  /** As the person gave it; what is shown and sent to. */
  readonly address: string;
  readonly lang: string | null;
  /** IANA zone name, where known. */
  readonly zone: string | null;
  readonly topics: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

export type SubscriptionStatus = "pending" | "confirmed" | "unsubscribed";

/** An audience with its sender. */
export interface List {
  readonly id: number;
  /** "news": how the command line names it. */
  readonly slug: string;
  readonly name: string;
  readonly sender: Sender;
  /** Where readers without a known zone are assumed to live. */
  readonly zone: string;
}

/** Who a mail is from; what a Digest needs of its List. */
export interface Sender {
  readonly listSlug: string;
  readonly listName: string;
  readonly fromName: string;
  readonly fromAddress: string;
  readonly replyTo: string | null;
  /** One line a part; printed in the footer (CAN-SPAM asks for it). */
  readonly postalAddress: readonly string[];
  /** RFC 2919: the part in angle brackets, such as `news.example.com`; stable for the list's life. */
  readonly listId: string;
}
