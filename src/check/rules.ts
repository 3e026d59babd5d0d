import type { Severity } from "./finding.ts";

interface Rule {
  readonly severity: Severity;
  /** What the rule looks at, in a sentence; docs/checks.md says why. */
  readonly about: string;
}

/** Every rule with its severity. A test proves that docs/checks.md has a section for each. */
export const rules = {
  schema: { severity: "error", about: "The issue file can be read and has what its schema asks for." },
  template: { severity: "error", about: "The template exists and compiles with this issue." },
  "link-insecure": { severity: "warning", about: "Links use https." },
  "link-shows-other-host": { severity: "error", about: "A link whose words are an address goes to that address." },
  "link-vague": { severity: "warning", about: "A link says where it goes." },
  "link-placeholder": { severity: "warning", about: "No link is left at a placeholder." },
  "picture-alt": { severity: "error", about: "Every picture has words for those who don't see it." },
  "picture-alt-file": { severity: "warning", about: "The words for a picture are not its file name." },
  "picture-weight": { severity: "warning", about: "Pictures are light enough for a phone." },
  "picture-transparent": { severity: "note", about: "A transparent picture can vanish on a dark ground." },
  "subject-length": { severity: "warning", about: "The subject fits a phone's inbox." },
  "subject-shouts": { severity: "warning", about: "The subject does not shout." },
  "preheader-length": { severity: "warning", about: "The preheader adds to the subject and fits." },
  "preheader-repeats": { severity: "warning", about: "The preheader says something the subject does not." },
  "slot-no-fallback": { severity: "warning", about: "A reader's value has a fallback." },
  "heading-order": { severity: "warning", about: "Headings skip no level." },
  "size-clip": { severity: "error", about: "Gmail shows the whole mail: under 102,400 bytes of HTML." },
  "size-near-clip": { severity: "warning", about: "The mail stays well under Gmail's limit." },
  "text-part": { severity: "error", about: "The text part says what the HTML says, with the same links." },
  "line-length": {
    severity: "error",
    about: "No line of the message is longer than 998 octets (RFC 5322 section 2.1.1).",
  },
  "message-headers": { severity: "error", about: "The message has the header fields that bulk mail needs, each once." },
  contrast: { severity: "error", about: "The theme's text stands out from its ground, in light and in dark." },
  "client-support": {
    severity: "warning",
    about: "The template uses nothing beyond plain MJML that Gmail, Apple Mail, Outlook or Yahoo drop.",
  },
  "link-dead": { severity: "error", about: "With --online: every link answers." },
  "link-unsure": { severity: "note", about: "With --online: a link could not be judged, or was not asked." },
  "audience-missing": {
    severity: "error",
    about: "With --list: every recipient has what slots without fallback need.",
  },
  "audience-address": { severity: "error", about: "With --list: every address can be written to." },
  "audience-empty": { severity: "error", about: "With --list: nobody gets a mail without content." },
  "audience-size": { severity: "error", about: "With --list: Gmail shows the whole mail to every recipient." },
  "spam-score": { severity: "warning", about: "With --spam: SpamAssassin takes the mail for wanted." },
  "field-unused": { severity: "warning", about: "The template shows every field that the issue fills in." },
  "theme-unused": { severity: "warning", about: "The template uses every value of its own theme." },
  axe: { severity: "error", about: "With --axe: axe finds nothing in the mail, in light and in dark." },
  "event-past": { severity: "note", about: "No event lies before the issue's own date." },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof rules;
