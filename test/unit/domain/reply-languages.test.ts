import { describe, expect, test } from "vitest";
import { classifyReply } from "../../../src/domain/reply-class.ts";

/** What servers say in other languages than English, with and without accents, and in the words of single providers. */

const classOf = (text: string) => {
  const enhanced = /^\d{3} (\d\.\d{1,3}\.\d{1,3})/.exec(text)?.[1] ?? null;
  return classifyReply(Number(text.slice(0, 3)), enhanced, text).class;
};

describe("replies in other languages", () => {
  test.each([
    "550 Empfaenger unbekannt",
    "550 Der Empfänger existiert nicht",
    "550 Utilisateur inconnu",
    "550 El usuario no existe",
    "550 Destinatario errato",
    "550 Usuário inexistente",
    "550 Gebruiker onbekend",
    "550 Odbiorca <a@b.example> nie istnieje",
    "550 Nie ma takiego konta",
    "550 Uživatel neexistuje",
    "550 Mottagaren är okänd: mottagare okänd",
    "550 Kullanıcı bulunamadı",
    "550 нет такого пользователя",
    "550 用户不存在",
    "550 宛先のメールアドレスが存在しません",
    "550 수신자를 찾을 수 없습니다",
  ])("that there is no such mailbox: %s", (text) => expect(classOf(text)).toBe("hard"));

  test.each([
    "552 Postfach ist voll",
    "550 Benutzer hat zuviele Mails auf dem Server",
    "552 La boite aux lettres est pleine",
    "550 Destinatario desconocido o mailbox lleno",
    "552 Mailbox is vol",
    "552 Skrzynka jest pełna",
    "552 Ящик переполнен",
    "552 收件人邮箱已满",
    "552 메일함 용량 초과",
  ])("that a mailbox is full, or may be: %s", (text) => expect(classOf(text)).toBe("full"));

  test.each([
    "550 La cuenta del usuario esta suspendida",
    "550 Konto jest zablokowane administracyjnie",
    "550 Das Postfach ist gesperrt",
    "550 Compte desactive",
  ])("that a mailbox is closed: %s", (text) => expect(classOf(text)).toBe("soft"));
});

describe("replies in a system's own words", () => {
  test.each([
    ["550 BAD_RECIPIENT - see our page", "hard"],
    ["550 5.1.4 Recipient address reserved by RFC 2606", "hard"],
    ["550 No such mail drop defined", "hard"],
    ["553 Requested action not taken: mailbox name not allowed", "hard"],
    ["550 5.1.1 <a@b.example>: unauthorized sender", "policy"],
    ["550 We don't handle mail for b.example", "policy"],
    ["550 5.2.1 This mailbox is inactive and has been disabled", "soft"],
    ["550 She is no longer employed here", "soft"],
    ["552 No space left for this user", "full"],
    ["550 : User unknown", "soft"],
    ["550 Mailbox unavailable or access denied", "soft"],
    ["550 5.7.504 Recipient address rejected: Access denied", "soft"],
    ["550 5.7.324 dnssec-invalid: Destination domain returned invalid DNSSEC records", "soft"],
    ["550 SC-001 Mail rejected for policy reasons", "policy"],
    ["550 Message does not pass DomainKeys", "policy"],
    ["550 Your message failed several antispam checks", "policy"],
    ["550 too many invalid recipients", "rate"],
    ["550 Your server requires confirmation", "soft"],
    ["550 User has exhausted allowed storage space", "full"],
  ])("%s", (text, expected) => expect(classOf(text)).toBe(expected));
});
