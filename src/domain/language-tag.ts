/** Languages as BCP 47 tags ("de", "pt-BR"). */

const tagCharactersMax = 35;
const languageNames = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/**
 * The tag in its usual form ("DE_at" gives "de-AT"), or `null` when it names no known language: the words "deutsch" and
 * "english" are no tags, whatever their shape.
 */
export function canonicalLanguage(text: string): string | null {
  if (text.length > tagCharactersMax) return null;
  try {
    const [tag] = Intl.getCanonicalLocales(text.replaceAll("_", "-"));
    if (tag === undefined || tag.startsWith("und") || tag.startsWith("x-")) return null;
    return languageNames.of(tag.split("-")[0] as string) === undefined ? null : tag;
  } catch {
    return null;
  }
}
