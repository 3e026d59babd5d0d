/** What header fields are for, in a sentence, where it is not plain from the name. */
const notes: Readonly<Record<string, string>> = {
  "arc-seal": "A forwarder vouches for the checks it made (RFC 8617).",
  "auto-submitted": "Made by a program: others shall not answer it (RFC 3834).",
  "authentication-results": "What the receiving server found of SPF, DKIM and DMARC (RFC 8601).",
  "cfbl-address": "Where receivers may send complaints (RFC 9477).",
  "content-transfer-encoding": "How bytes were made fit for transport (RFC 2045).",
  "dkim-signature": "The domain in d= signs the fields in h= and the body (RFC 6376). The verdict is among the checks.",
  "feedback-id": "Google groups complaints by these values; the last names the sender.",
  "list-id": "Which list this is, the same for years: filters go by it (RFC 2919).",
  "list-unsubscribe": "Ways to leave the list; mail programs make a button of it (RFC 2369).",
  "list-unsubscribe-post": "Allows leaving by one POST, without a page (RFC 8058).",
  "message-id": "Names this mail for good: the same on every try of the same delivery.",
  precedence: "Bulk: vacation programs shall keep quiet.",
  "reply-to": "Where answers go instead of From.",
  "return-path": "The envelope's sender, where bounces go.",
  "x-auto-response-suppress": "Microsoft's way to keep automatic answers away.",
  "x-broadsheet-campaign": "The campaign that sent it; search with campaign:.",
};

export function explainField(name: string): string | undefined {
  return notes[name.toLowerCase()];
}
