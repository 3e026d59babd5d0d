import { arabic } from "./ar.ts";
import { english } from "./en.ts";
import { french } from "./fr.ts";
import { german } from "./de.ts";
import { japanese } from "./ja.ts";
import { spanish } from "./es.ts";

/** The templates' own words in one language; what an issue says is the author's. */
export interface Words {
  readonly viewInBrowser: string;
  /** Why this person gets this mail; both values are put in as they are. */
  readonly why: (listName: string, address: string) => string;
  readonly preferences: string;
  readonly unsubscribe: string;
  readonly sentBy: (name: string) => string;
  readonly allDay: string;
  readonly dateAndTime: (date: string, time: string) => string;
  /** A time of day with its zone in words. */
  readonly clock: (time: string, zone: string) => string;
  /** How a range of times or days is written, where Intl's own form is not what people read; else null. */
  readonly range: ((from: string, to: string) => string) | null;
  readonly addToCalendar: string;
  readonly with: (speakers: string) => string;
  /** The same instant where the reader lives; stands after the place's time. */
  readonly readerTime: (time: string) => string;
  /** Plain text only: what a picture shows. */
  readonly picture: (alt: string) => string;
  /** Before the unit of a table's numbers. */
  readonly unit: (unit: string) => string;
  /** Who said it, below a quotation. */
  readonly quotedFrom: (by: string) => string;
}

const byLanguage: ReadonlyMap<string, Words> = new Map([
  ["en", english],
  ["de", german],
  ["fr", french],
  ["es", spanish],
  ["ar", arabic],
  ["ja", japanese],
]);

/** The words for a BCP 47 tag by its language ("de-AT" gets German); English where there are none. */
export function wordsFor(lang: string): Words {
  return byLanguage.get(lang.toLowerCase().split("-")[0] as string) ?? english;
}
