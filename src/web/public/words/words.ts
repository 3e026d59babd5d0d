import { arabic } from "./ar.ts";
import { english } from "./en.ts";
import { french } from "./fr.ts";
import { german } from "./de.ts";
import { japanese } from "./ja.ts";
import { spanish } from "./es.ts";

/** What the public pages say, in one language. Names and addresses are put in as they are; pages escape them. */
export interface PageWords {
  /** The language's own name, for the links that change it. */
  readonly languageName: string;
  readonly common: {
    readonly skip: string;
    readonly languages: string;
    readonly sentBy: (name: string) => string;
    readonly brokenTitle: string;
    readonly brokenText: string;
    readonly tooManyTitle: string;
    readonly tooMany: string;
    readonly notUnderstood: string;
  };
  readonly leave: {
    readonly title: (list: string) => string;
    readonly text: (address: string, list: string) => string;
    readonly press: string;
    readonly preferences: string;
    readonly doneTitle: (list: string) => string;
    readonly doneText: (address: string, list: string) => string;
    readonly gone: string;
    readonly everyList: (count: number) => string;
    readonly everyListPress: string;
    readonly everyListDone: string;
    readonly mistake: string;
    readonly undo: string;
    readonly undone: (list: string) => string;
    readonly notUndone: string;
  };
  readonly view: { readonly goneTitle: string; readonly goneText: string };
  readonly join: {
    readonly title: (list: string) => string;
    readonly address: string;
    readonly consent: (list: string) => string;
    readonly press: string;
    readonly trap: string;
    readonly invalid: string;
    readonly sentTitle: string;
    readonly sentText: (address: string) => string;
    readonly closed: string;
    readonly archive: string;
  };
  readonly confirm: {
    readonly title: (list: string) => string;
    readonly text: (address: string, list: string) => string;
    readonly press: string;
    readonly doneTitle: string;
    readonly doneText: (address: string, list: string) => string;
    readonly expiredTitle: string;
    readonly expiredText: string;
    readonly again: string;
    readonly refuse: string;
    readonly refusedTitle: string;
    readonly refusedText: string;
    readonly moveTitle: string;
    readonly moveText: (from: string, to: string) => string;
    readonly movePress: string;
    readonly moveWait: string;
    readonly movedTitle: string;
    readonly movedText: (address: string) => string;
  };
  readonly preferences: {
    readonly title: string;
    readonly forWhom: (address: string) => string;
    readonly lists: string;
    readonly topics: string;
    readonly topicsHelp: string;
    readonly cadence: string;
    readonly cadences: Readonly<Record<"every" | "weekly" | "monthly", string>>;
    readonly language: string;
    readonly notSaid: string;
    readonly zone: string;
    readonly hour: string;
    readonly hourAny: string;
    readonly pause: string;
    readonly pauseHelp: string;
    readonly save: string;
    readonly saved: string;
    readonly rejoin: string;
    readonly address: string;
    readonly addressLabel: string;
    readonly addressHelp: string;
    readonly addressPress: string;
    readonly addressSent: string;
    readonly data: string;
    readonly dataText: string;
    readonly json: string;
    readonly csv: string;
    readonly erase: string;
    readonly eraseText: string;
    readonly erasePress: string;
    readonly eraseSure: string;
    readonly eraseYes: string;
    readonly eraseNo: string;
    readonly erasedTitle: string;
    readonly erasedText: string;
    readonly gone: string;
    readonly leave: string;
    readonly goneTitle: string;
    readonly invalid: string;
  };
  readonly archive: {
    readonly title: (list: string) => string;
    readonly empty: string;
    readonly join: (list: string) => string;
    readonly feeds: string;
    readonly all: string;
    readonly closedTitle: string;
    readonly closedText: string;
    readonly newer: string;
    readonly older: string;
  };
}

const byLanguage = { en: english, de: german, fr: french, es: spanish, ar: arabic, ja: japanese } as const;

export type PageLanguage = keyof typeof byLanguage;

export const pageLanguages = Object.keys(byLanguage) as readonly PageLanguage[];

export function pageWords(language: PageLanguage): PageWords {
  return byLanguage[language];
}
