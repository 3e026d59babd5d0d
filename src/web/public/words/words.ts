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
}

const byLanguage = { en: english, de: german, fr: french, es: spanish, ar: arabic, ja: japanese } as const;

export type PageLanguage = keyof typeof byLanguage;

export const pageLanguages = Object.keys(byLanguage) as readonly PageLanguage[];

export function pageWords(language: PageLanguage): PageWords {
  return byLanguage[language];
}
