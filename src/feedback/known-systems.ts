import type { ReplyReason } from "../domain/reply-reason.ts";
import { fieldText, type Field } from "./read-fields.ts";

/*
 * Mail systems that name a reason in a way of their own, where neither code nor common words tell. Each stands for every
 * version of a product; the source is named beside it.
 */

/** How the notices of mail systems begin. One of these, and a notice needs no SMTP code to be believed. */
const openings: readonly RegExp[] = [
  /this is the (?:qmail|mail (?:delivery )?(?:agent|system)|machine generated|dragonfly|postfix)/i, // qmail-send.c; dma; Postfix bounce(5)
  /message was created automatically by (?:the )?(?:mail|internet) (?:delivery|system)/i, // Exim deliver.c; 1&1, GMX, Zoho, MXLogic
  /did not reach the following recipient/i, // Exchange 5.5, 2000, 2003
  /(?:was|were) not delivered to\s*:?/i, // Domino; several
  /unable to deliver (?:the |your )?(?:message|mail)/i, // MailFoundry, InterScan, Yahoo
  /(?:following|these) (?:recipient|address)(?:es|s|\(es\)|\(s\))? (?:had|failed|could|cannot|can't|did not|was|were|returned|has|have)/i, // Sendmail, McAfee, Exim
  /(?:could|can) ?not be (?:delivered|relayed|sent)/i,
  /delivery to the following recipients?/i, // Gmail until 2016; Windows SMTP service
  /failure reasons/i, // Notes SMTP gateway
  /had trouble delivering your message/i,
  /n't able to deliver|failed recipients|not been delivered|was automatically rejected/i, // Yahoo; gateways; Dovecot
  /no such user here|no user by that name|user unknown|unknown user|not a valid user/i, // MDaemon; gateways
  /duplicated message-id in/i, // fml
  /error (?:was )?(?:occurred|delivering|sending|while)/i,
  /undeliverable/i,
  /returned (?:message|mail)|non-?delivered information/i,
  /group you tried to contact|google groups/i,
  /not a member of this mailing list/i, // fml
  /has been frozen|was frozen on arrival|yet to be delivered|not yet been delivered/i, // Exim, to senders and postmasters
  /送信できません|送信されませんでした|配信できません|お届けできません/, // EZweb, m-FILTER, OCN
  /недоставленн|не может быть доставлен/i, // Mail.ru, Yandex
];

/** Whether the notice begins as those of mail systems do. */
export function hasKnownOpening(notice: string): boolean {
  const words = notice.replace(/\s+/g, " ");
  return openings.some((opening) => opening.test(words));
}

/** PowerMTA User's Guide, "bounce categories": what its own rules made of the reply. */
const powermtaCategories: Readonly<Record<string, ReplyReason>> = {
  "bad-mailbox": "bad-mailbox",
  "bad-domain": "bad-domain",
  "inactive-mailbox": "disabled",
  "message-expired": "expired",
  "no-answer-from-host": "network",
  "policy-related": "policy",
  "quota-issues": "mailbox-full",
  "routing-errors": "system",
  "spam-related": "spam",
  "virus-related": "virus",
  "content-related": "content",
  "relaying-issues": "relay",
  "invalid-sender": "sender",
};

/** The reason that PowerMTA gives, where it is about the address. */
export function reasonOfCategory(category: string): ReplyReason | null {
  return powermtaCategories[category] ?? null;
}

/** The reason in the words of a product that speaks about its own mailboxes, or `null`. */
export function reasonOfSystem(fields: readonly Field[], notice: string): ReplyReason | null {
  // InterScan MSS says no more than this, and only when the next server refused the address.
  if (/interscan/i.test(`${fieldText(fields, "from")} ${notice}`) && /unable to deliver message to/i.test(notice))
    return "bad-mailbox";
  // Ipswitch IMail.
  if (/^<smtp32 v/i.test(fieldText(fields, "x-mailer")) && /unknown user|invalid final delivery userid/i.test(notice))
    return "bad-mailbox";
  // HCL Domino and the Notes gateways, in the languages they are sold in.
  if (
    /not listed in (?:domino directory|(?:the )?public name)|en el directorio de domino|dans l'annuaire domino|domino ディレクトリには見つかりません|ディレクトリのリストにありません/i.test(
      notice,
    )
  )
    return "bad-mailbox";
  // Exchange 5.5 to 2003.
  if (/msexch:|mapi/i.test(notice) && /unknown recipient|recipient name is not recognized/i.test(notice))
    return "bad-mailbox";
  // Verizon's gateways to telephones.
  if (
    /(?:vtext\.com|vzwpix\.com)/i.test(fieldText(fields, "from")) &&
    /no such user here|no valid recipients/i.test(notice)
  )
    return "bad-mailbox";
  // EZweb (au by KDDI) says in its first line what the quoted reply hides.
  if (/the user\(s\) account is (?:disabled|temporarily limited)/i.test(notice)) return "disabled";
  if (/the user\(s\) account is temporarily over quota/i.test(notice)) return "mailbox-full";
  // MessageLabs (Symantec Email Security.cloud) looks recipients up before it sends.
  if (/mail delivery agent at (?:messagelabs|symantec)/i.test(notice) && /no such user|\b542 /i.test(notice))
    return "bad-mailbox";
  // Exim and qmail about local mailboxes.
  if (
    /created automatically by mail delivery/i.test(notice) &&
    /^\s+(?:unknown (?:user|local[- ]part)|user not found|no such user)\b/im.test(notice)
  )
    return "bad-mailbox";
  if (/^\s*(?:<[^>\s]+>)?:?\s*unknown user: "/im.test(notice)) return "bad-mailbox"; // Postfix local(8)
  if (/no mailbox here by that name/i.test(notice)) return "bad-mailbox";
  if (/^mail\.local: unknown (?:user|name): /im.test(notice)) return "bad-mailbox"; // Sendmail mail.local(8)
  // Novell GroupWise Internet Agent, of its own mailboxes.
  if (/groupwise/i.test(fieldText(fields, "x-mailer")) && /\(user not found\)/i.test(notice)) return "bad-mailbox";
  return null;
}

/** Dovecot's delivery agent: what follows is the reason, whatever the status part says (src/lda/mail-send.c). */
export function readDovecotReason(notice: string): string | null {
  return /^Your message to .{1,400} was automatically rejected:\s*\n\s*(.{1,400})/im.exec(notice)?.[1]?.trim() ?? null;
}
