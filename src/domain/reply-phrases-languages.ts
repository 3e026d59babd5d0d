import type { ReasonPhrases } from "./reply-reason.ts";

/**
 * What is said about the recipient in other languages than English. See reply-phrases.ts for how to read them; letters with
 * and without their marks, since many servers drop them. "Unknown or full" is no missing mailbox: what is milder stands first.
 */
export const languagePhrases: readonly ReasonPhrases[] = [
  [
    "mailbox-full",
    [
      "bo[iî]te.{0,24}pleine",
      "quota.{0,24}(?:d[ée]pass[ée]|superad|excedid|superat|overschreden|[üu]berschritten|przekroczon|p[řr]ekro[čc]en)",
      "(?:postfach|mailbox).{0,30}\\bvoll\\b",
      "zu ?viele (?:e-?mails|mails|nachrichten)",
      "(?:casilla|buz[oó]n|caixa|casella|mailbox).{0,30}\\b(?:llen[ao]|chei[ao]|pien[ao])\\b",
      "(?:postvak|mailbox).{0,20}\\bvol\\b",
      "(?:skrzynka|mailbox).{0,30}(?:pe[łl]na|przepe[łl]nion)",
      "schr[áa]nka.{0,20}pln",
      "(?:inkorg|brevl[åa]da|postkasse|indbakke).{0,20}(?:full|fuld)",
      "posta kutusu.{0,20}dolu|kota.{0,16}(?:dolu|a[şs][ıi]ld)",
      "переполнен|превышена квота",
      "メールボックス.{0,20}(?:いっぱい|一杯|容量|超え)",
      "容量.{0,8}(?:超|オーバー)",
      "(?:邮箱|信箱|郵箱).{0,6}(?:满|滿)|(?:邮箱|空间).{0,6}不足",
      "(?:메일함|편지함|용량).{0,16}(?:초과|가득)",
    ],
  ],
  [
    "disabled",
    [
      "被(?:冻结|禁用|停用)",
      "заблокирован",
      "(?:casilla|cuenta|usuario|buz[oó]n|conta).{0,40}(?:expirad|inactiv|inativ|suspendid|suspens|deshabilitad|desativad|bloquead)",
      "(?:postfach|konto|benutzer).{0,30}(?:gesperrt|deaktiviert|stillgelegt)",
      "(?:konto|skrzynka).{0,30}(?:zablokowan|nieaktywn)",
      "(?:compte|bo[iî]te).{0,40}(?:d[ée]sactiv|suspendu|bloqu)",
    ],
  ],
  [
    "bad-mailbox",
    [
      "(?:destinataire|adresse|utilisateur|bo[iî]te).{0,40}(?:invalide|inconnu|introuvable|n'existe pas|inexistant)",
      "\\b(?:usuario|destinatario|destin\\.|direcci[oó]n|casilla|cuenta|utente|indirizzo|usu[aá]rio|conta|endere[çc]o)(?=[^\\p{L}]).{0,40}(?:no existe|desconocid|inv[aá]lid|sconosciut|errato|inesistente|non esiste|n[ãa]o existe|inexistente|no se encuentra|no encontrad)",
      "(?:no existe|non esiste|nessun|nessuno).{0,24}(?:usuario|persona|utente|casilla|destinatario)",
      "nadie con esta direcci",
      "(?:empf(?:[aä]|ae)nger|benutzer|adresse|adressat|postfach|konto).{0,40}(?:unbekannt|existiert nicht|nicht gefunden|ung[uü]ltig|nicht bekannt|nicht vorhanden)",
      "(?:unbekannte[rs]?|ung[uü]ltige[rs]?) (?:empf(?:[aä]|ae)nger|benutzer|adresse|postfach)",
      "(?:gebruiker|adres|ontvanger|postvak).{0,40}(?:onbekend|bestaat niet|niet gevonden)",
      "(?:odbiorca|konto|adres|u[żz]ytkownik|skrzynka).{0,80}(?:nie istnieje|nieznan|nieprawid[łl]ow)|nie ma takiego (?:konta|adresu|u[żz]ytkownika)",
      "(?:u[žz]ivatel|adres[aá]t|schr[áa]nka|p[řr][íi]jemce).{0,40}(?:neexistuj|nezn[áa]m|nenalezen)",
      "(?:anv[äa]ndare|mottagare|bruger|bruker|modtager|mottaker).{0,40}(?:ok[äa]nd|ukendt|ukjent|finns inte|findes ikke|finnes ikke|hittades inte)",
      "(?:kullan[ıi]c[ıi]|al[ıi]c[ıi]|adres).{0,40}(?:bulunamad|mevcut de[ğg]il|bilinmiyor)",
      "(?:non r.{0,4}pertori|no se encuentra en el directorio|見つかりません|ディレクトリの?リスト?に(?:あり|見つかり)ません|存在しません|あて先.{0,12}(?:不明|誤り))",
      "宛先.{0,20}(?:不明|誤り|存在しな|見つから)",
      "(?:пользовател|адрес|ящик|получател).{0,40}(?:не (?:найден|существует|зарегистр)|неизвест|отсутствует|недоступен)",
      "нет такого (?:пользователя|адреса|ящика)",
      "(?:用户|收件人|邮箱|帐户|账号|郵箱|收信人|使用者).{0,12}(?:不存在|未找到|不可用|无效|無效)",
      "(?:사용자|수신자|계정|주소).{0,20}(?:존재하지 않|없습니다|찾을 수 없)",
    ],
  ],
];
