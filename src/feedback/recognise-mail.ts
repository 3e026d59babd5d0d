import { findAddress, findAddresses, isDaemonAddress } from "./find-addresses.ts";
import { fieldText, fieldValues, type Field } from "./read-fields.ts";

/** What the header says about who wrote a mail: a mail system, a person's program, or a person. */
export interface MailNature {
  /** From a mail system itself. */
  readonly isDaemon: boolean;
  /** MAIL FROM:<>: the sender wants no report about this mail (RFC 5321 section 4.5.5). */
  readonly hasNullPath: boolean;
  /** A program answered for a person (RFC 3834). */
  readonly isAutoReply: boolean;
  /** Any sign that no person wrote it. */
  readonly isAutomatic: boolean;
  /** The subject is one that mail systems give to reports. */
  readonly hasReportSubject: boolean;
  readonly autoSubmitted: string;
}

/** Subjects of reports; at the start, so that an answer to one ("Re: ..") is none. */
const reportSubject =
  /^\W{0,4}(?:un-?deliver|non-?deliver|non ?remis|non recapitabile|olevererbart|returned (?:e-?)?mail|returned to sender|return(?:ed|ing) message|failure (?:notice|delivery)|failed (?:delivery|mail)|(?:mail )?delivery[ _](?:failure|failed|status|notification|error|problem|report|has failed|delayed|subsystem|unsuccessful)|(?:mail|message|e-?mail) (?:delivery )?(?:could not be|was not|not|delivery|system error|failure|failed|you sent blocked|undeliver|rejected|has been (?:blocked|rejected))|\*\*message you sent|delayed mail|warning: (?:could not|message)|could not (?:send|deliver)|postmaster notify|nondeliver|notice: mail delivery|\[?bounce\]?|mail failure|there was an error sending your mail|unzustellbar|nicht zustellbar|fehlgeschlagen|nachricht nicht|zustell|rückmeldung|échec|non-?distribut|mensaje no|no se pudo|error de entrega|devuelto|mancata consegna|impossibile|entrega|недоставленн|ваше сообщение не|сообщение не|не доставлен|配信|送信|エラー|退信|系统退信|message (?:undeliverable|rejected|bounced)|your (?:message|mail|e-?mail) (?:to \S{3,320} )?(?:could|was|has) not|rejected:|smtp error|postfix smtp server: errors|message (?:\S{1,40} )?(?:frozen|delayed)|address (?:not found|unknown)|(?:out|over) ?quota|quota)/i;

/** Subjects that people's answering programs write; the first words only. */
const autoReplySubject =
  /^\W{0,3}(?:(?:re|aw|sv)\s*:\s*)?(?:auto(?:matic)?[- ]?(?:reply|response|answer|respond|replied|generated reply)|autoreply|autosvar|auto:|out of (?:the )?office|out of facility|away (?:from|message)|vacation|on (?:leave|vacation|holiday)|i am (?:away|on|out)|(?:automatische )?(?:abwesenheit|antwort)|abwesend|urlaub|automatische antwort|absence|absent|réponse automatique|message d'absence|respuesta autom[aá]tica|fuera de (?:la )?oficina|risposta automatica|fuori (?:sede|ufficio)|resposta autom[aá]tica|automatisch antwoord|afwezig|автоответ|автоматический ответ|自動応答|自動返信|不在|自动回复|自動回覆|thank you for (?:your )?(?:e-?mail|message|contacting))/i;

/** Reads the signs in a header. */
export function recogniseMail(fields: readonly Field[]): MailNature {
  const from = fieldText(fields, "from");
  const subject = fieldText(fields, "subject").trim();
  const returnPath = fieldValues(fields, "return-path")[0];
  const autoSubmitted = fieldText(fields, "auto-submitted").trim().toLowerCase();
  const hasNullPath = returnPath !== undefined && /^\s*<?\s*>?\s*$/.test(returnPath);
  const names = new Set(fields.map((field) => field.name));
  const senders = [from, returnPath ?? "", fieldText(fields, "sender")].flatMap((value) => findAddresses(value, 4));
  const isDaemon =
    senders.some(isDaemonAddress) ||
    /mailer-?daemon|mail delivery (?:sub)?system|mail deliver system|postmaster|mail administrator|content-?filter at|system administrator/i.test(
      from,
    ) ||
    /^\W*<\s*>\W*$/.test(from) ||
    /^mailer-daemon/i.test((returnPath ?? "").replace(/^</, "")) ||
    names.has("x-mlserver");
  const isAutoReply =
    !isDaemon &&
    (autoSubmitted.startsWith("auto-replied") ||
      autoReplySubject.test(subject) ||
      [
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-autoresponse",
      ].some((name) => names.has(name)) ||
      /auto_?reply/i.test(fieldText(fields, "precedence")) ||
      /auto-?repl|vacation|out-?of-?office/i.test(fieldText(fields, "x-auto-response-type")));
  return {
    isDaemon,
    hasNullPath,
    isAutoReply,
    isAutomatic: isDaemon || hasNullPath || isAutoReply || (autoSubmitted !== "" && !autoSubmitted.startsWith("no")),
    hasReportSubject: reportSubject.test(subject),
    autoSubmitted,
  };
}

/** The address that a mail is from. */
export function senderOf(fields: readonly Field[]): string | null {
  return findAddress(fieldText(fields, "from")) ?? findAddress(fieldText(fields, "reply-to"));
}

/** Where a mail went, in the order of trust: what the last hop noted, then what the writer wrote. */
export function destinationsOf(fields: readonly Field[]): string[] {
  const names = ["x-original-to", "envelope-to", "delivered-to", "x-envelope-to", "x-forwarded-to", "to", "cc"];
  return [...new Set(names.flatMap((name) => fieldValues(fields, name).flatMap((value) => findAddresses(value, 10))))];
}

/** Whom the writer of a message addressed. */
export function addresseesOf(fields: readonly Field[]): string[] {
  const written = ["to", "cc"].flatMap((name) =>
    fieldValues(fields, name).flatMap((value) => findAddresses(value, 50)),
  );
  return written.length > 0 ? written : destinationsOf(fields);
}

/** The ids in a field such as Message-ID or References, without angle brackets. */
export function messageIdsOf(fields: readonly Field[], name: string): string[] {
  return fieldValues(fields, name).flatMap((value) =>
    [...value.matchAll(/<?([^\s<>]{1,250}@[^\s<>]{1,250})>?/g)].map((match) => match[1] as string),
  );
}
