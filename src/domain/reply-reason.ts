/** What a refusal says about the mail, in the finest grain that changes what is done next. */
export type ReplyReason = keyof typeof replyReasons;

/**
 * What is done about a refusal. `hard`: the address will never work. `full`: a living mailbox without room. `policy`: the
 * sender, the message or our reputation is refused; never the reader's fault. `rate`: slow down. `soft`: try again later.
 */
export type ReplyClass = "hard" | "full" | "policy" | "rate" | "soft";

/** Every reason with its class and a sentence for people. */
export const replyReasons = {
  "bad-mailbox": { class: "hard", sentence: "There is no such mailbox." },
  "bad-domain": { class: "hard", sentence: "There is no such domain." },
  "no-mail-accepted": { class: "hard", sentence: "The domain takes no mail at all." },
  moved: { class: "hard", sentence: "The mailbox has moved away and nothing is forwarded." },
  "mailbox-full": { class: "full", sentence: "The mailbox is full." },
  authentication: { class: "policy", sentence: "SPF, DKIM or DMARC did not pass." },
  blocked: { class: "policy", sentence: "The sending host is refused." },
  content: { class: "policy", sentence: "The form or the content of the message is refused." },
  credentials: { class: "policy", sentence: "Our login at the relay is missing or wrong." },
  policy: { class: "policy", sentence: "The message is against a policy of the receiver." },
  relay: { class: "policy", sentence: "The server does not relay for us." },
  reputation: { class: "policy", sentence: "Our reputation is too low." },
  sender: { class: "policy", sentence: "The sender's address or domain is refused." },
  spam: { class: "policy", sentence: "The message is taken for spam." },
  "too-big": { class: "policy", sentence: "The message is too big." },
  virus: { class: "policy", sentence: "The message is taken for a virus." },
  "rate-limit": { class: "rate", sentence: "Too much mail at once." },
  "too-many-recipients": { class: "rate", sentence: "Too many recipients in one transaction." },
  disabled: { class: "soft", sentence: "The mailbox is disabled." },
  expired: { class: "soft", sentence: "The message could not be delivered in time." },
  greylisted: { class: "soft", sentence: "The receiver wants to see a second try." },
  filtered: { class: "soft", sentence: "The recipient's settings refuse the message." },
  loop: { class: "soft", sentence: "The message went in circles." },
  network: { class: "soft", sentence: "The receiving host could not be reached." },
  program: { class: "soft", sentence: "The receiver's delivery program failed." },
  protocol: { class: "soft", sentence: "The two servers did not understand each other." },
  system: { class: "soft", sentence: "The receiving system has a trouble of its own." },
  tls: { class: "soft", sentence: "An encrypted connection was required and failed." },
  unknown: { class: "soft", sentence: "No reason could be read from the reply." },
} as const satisfies Record<string, { class: ReplyClass; sentence: string }>;

/** Regular expressions of one reason, over text that `plainWords` has prepared. */
export type ReasonPhrases = readonly [ReplyReason, readonly string[]];
