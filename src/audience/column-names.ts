import { checkField, ownFields } from "../domain/segment-fields.ts";

/** What a column of a file may mean; every other column is an attribute of its own name. */
export const columnMeanings = ["email", "firstName", "lastName", "lang", "zone", "topics", "status"] as const;
export type ColumnMeaning = (typeof columnMeanings)[number];

/**
 * The names that exports of shops, CRMs and other newsletter senders give these columns, in the languages that people keep
 * lists in. Compared without case, accents, spaces and punctuation.
 */
const names: Readonly<Record<ColumnMeaning, string>> = {
  email:
    "email, e-mail, e-mail address, email address, mail, mail address, subscriber, subscriber email, " +
    "e-mail-adresse, mailadresse, courriel, adresse e-mail, adresse mail, adresse électronique, " +
    "correo, correo electrónico, dirección de correo, dirección de correo electrónico, indirizzo e-mail, posta elettronica, " +
    "endereço de e-mail, correio eletrónico, e-mailadres, e-postadress, e-post, e-mailadresse, sähköposti, adres e-mail, e-posta, " +
    "электронная почта, эл. почта, البريد الإلكتروني, メールアドレス, メール, Eメール, 电子邮件, 电子邮箱, 邮箱, 電子郵件, 이메일, 이메일 주소",
  firstName:
    "first name, first, given name, forename, fname, Vorname, prénom, nombre, nombre de pila, nome, primeiro nome, voornaam, förnamn, " +
    "fornavn, etunimi, imię, ad, имя, الاسم الأول, 名, 이름",
  lastName:
    "last name, last, surname, family name, lname, Nachname, Familienname, nom, nom de famille, apellido, apellidos, cognome, " +
    "sobrenome, apelido, achternaam, efternamn, etternavn, efternavn, sukunimi, nazwisko, soyad, фамилия, اسم العائلة, 姓, 성",
  lang: "lang, language, locale, preferred language, Sprache, langue, idioma, lengua, lingua, taal, språk, język, dil, язык, اللغة, 言語, 语言, 語言, 언어",
  zone:
    "zone, time zone, tz, Zeitzone, fuseau horaire, zona horaria, fuso orario, fuso horário, tijdzone, tidszon, часовой пояс, " +
    "المنطقة الزمنية, タイムゾーン, 时区, 時區, 시간대",
  topics:
    "topics, topic, interests, interest, Themen, Interessen, sujets, thèmes, intérêts, temas, intereses, interessi, المواضيع, トピック, 主题, 관심사",
  status: "status, subscription status, subscriber status, état, estado, stato",
};

const meanings: ReadonlyMap<string, ColumnMeaning> = new Map(
  columnMeanings.flatMap((meaning) => names[meaning].split(", ").map((name) => [comparable(name), meaning] as const)),
);

/** What a header by this name usually means, or `null`. */
export function meaningOf(header: string): ColumnMeaning | null {
  return meanings.get(comparable(header)) ?? null;
}

function comparable(header: string): string {
  return header
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** Characters that accents stripped off don't turn into ASCII. */
const spelledOut: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  Æ: "Ae",
  ø: "o",
  Ø: "O",
  œ: "oe",
  ł: "l",
  Ł: "L",
  đ: "d",
  ı: "i",
};

/** What a slot can name: `{{subscriber.companySize}}`. */
const usable = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
/** What a segment can name without a slot. */
const nameable = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/**
 * The attribute that a column gives: its header where a slot can name it, else the same words in camel case ("Company
 * size" is `companySize`). A header without Latin letters keeps its own name, for segments.
 */
export function attributeNameOf(header: string): string {
  const name = usable.test(header) ? header : camelCase(header);
  // Segments and slots mean the subscriber's own fields by these names; an attribute so called could never be reached.
  const isOwn =
    (ownFields as readonly string[]).includes(name) || checkField(name) !== null || name in Object.prototype;
  return isOwn ? `${name}Column` : name;
}

function camelCase(header: string): string {
  const plain = header
    .replace(/[ßæÆøØœłŁđı]/g, (character) => spelledOut[character] as string)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const joined = words.map((word, index) => (index === 0 ? lowerFirst(word) : upperFirst(word))).join("");
  const name = /^\d/.test(joined) ? `_${joined}` : joined;
  return nameable.test(name) ? name.normalize("NFC") : header.normalize("NFC");
}

function lowerFirst(word: string): string {
  return word === word.toUpperCase() ? word.toLowerCase() : word.slice(0, 1).toLowerCase() + word.slice(1);
}

function upperFirst(word: string): string {
  return word.slice(0, 1).toUpperCase() + (word === word.toUpperCase() ? word.slice(1).toLowerCase() : word.slice(1));
}
