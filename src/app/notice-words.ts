import { templateLanguages } from "../domain/issue.ts";
import type { NoticeContent } from "../domain/reader-request.ts";

/** What a notice says. `{list}` and `{address}` and the like are put in as they are. */
export interface NoticeWords {
  readonly subject: string;
  readonly text: readonly string[];
  readonly button: string;
  readonly after: string;
}

type NoticeType = NoticeContent["type"];
type Language = (typeof templateLanguages)[number];

const words: Readonly<Record<Language, Readonly<Record<NoticeType, NoticeWords>>>> = {
  en: {
    "sign-up": {
      subject: "Please confirm: {list}",
      text: [
        "Somebody, most likely you, asked for {list} to be sent to this address. Please confirm that you want it.",
      ],
      button: "Confirm on the next page",
      after:
        "The link works for seven days. If it wasn’t you, do nothing: without your press you will get no more mail.",
    },
    already: {
      subject: "You already get {list}",
      text: [
        "Somebody, most likely you, asked for {list} to be sent to this address. It already is, so nothing has changed.",
      ],
      button: "See and change what you get",
      after: "If it wasn’t you, there is nothing to do.",
    },
    "address-old": {
      subject: "Please confirm your change of address: {list}",
      text: [
        "You asked us to send {list} to {newAddress} from now on. Please confirm here, and by the mail that went to the new address.",
      ],
      button: "Confirm on the next page",
      after: "If it wasn’t you, do nothing: everything stays as it is.",
    },
    "address-new": {
      subject: "Please confirm your new address: {list}",
      text: [
        "Somebody, most likely you, asked us to send {list} to this address from now on. Please confirm it here, and by the mail that went to the old address.",
      ],
      button: "Confirm on the next page",
      after: "If it wasn’t you, do nothing: you will get no more mail.",
    },
  },
  de: {
    "sign-up": {
      subject: "Bitte bestätigen: {list}",
      text: [
        "Jemand, vermutlich Sie, möchte {list} an diese Adresse geschickt bekommen. Bitte bestätigen Sie, dass Sie das wollen.",
      ],
      button: "Auf der nächsten Seite bestätigen",
      after:
        "Der Link gilt sieben Tage. Wenn Sie es nicht waren, tun Sie nichts: Ohne Ihre Bestätigung bekommen Sie keine weitere Mail.",
    },
    already: {
      subject: "Sie erhalten {list} bereits",
      text: [
        "Jemand, vermutlich Sie, möchte {list} an diese Adresse geschickt bekommen. Das ist schon so, es hat sich nichts geändert.",
      ],
      button: "Ansehen und ändern, was Sie erhalten",
      after: "Wenn Sie es nicht waren, müssen Sie nichts tun.",
    },
    "address-old": {
      subject: "Bitte bestätigen Sie Ihre neue Adresse: {list}",
      text: [
        "Sie möchten {list} künftig an {newAddress} bekommen. Bitte bestätigen Sie das hier und in der Mail an die neue Adresse.",
      ],
      button: "Auf der nächsten Seite bestätigen",
      after: "Wenn Sie es nicht waren, tun Sie nichts: Alles bleibt, wie es ist.",
    },
    "address-new": {
      subject: "Bitte bestätigen Sie diese Adresse: {list}",
      text: [
        "Jemand, vermutlich Sie, möchte {list} künftig an diese Adresse bekommen. Bitte bestätigen Sie das hier und in der Mail an die alte Adresse.",
      ],
      button: "Auf der nächsten Seite bestätigen",
      after: "Wenn Sie es nicht waren, tun Sie nichts: Sie bekommen keine weitere Mail.",
    },
  },
  fr: {
    "sign-up": {
      subject: "Merci de confirmer : {list}",
      text: [
        "Quelqu’un, sans doute vous, a demandé à recevoir {list} à cette adresse. Merci de confirmer que vous le souhaitez.",
      ],
      button: "Confirmer à la page suivante",
      after:
        "Le lien est valable sept jours. Si ce n’était pas vous, ne faites rien : sans votre confirmation, vous ne recevrez plus de message.",
    },
    already: {
      subject: "Vous recevez déjà {list}",
      text: [
        "Quelqu’un, sans doute vous, a demandé à recevoir {list} à cette adresse. C’est déjà le cas, rien n’a changé.",
      ],
      button: "Voir et modifier ce que je reçois",
      after: "Si ce n’était pas vous, il n’y a rien à faire.",
    },
    "address-old": {
      subject: "Merci de confirmer votre changement d’adresse : {list}",
      text: [
        "Vous avez demandé à recevoir {list} à {newAddress} désormais. Merci de confirmer ici, et par le message envoyé à la nouvelle adresse.",
      ],
      button: "Confirmer à la page suivante",
      after: "Si ce n’était pas vous, ne faites rien : rien ne change.",
    },
    "address-new": {
      subject: "Merci de confirmer votre nouvelle adresse : {list}",
      text: [
        "Quelqu’un, sans doute vous, a demandé à recevoir {list} à cette adresse désormais. Merci de confirmer ici, et par le message envoyé à l’ancienne adresse.",
      ],
      button: "Confirmer à la page suivante",
      after: "Si ce n’était pas vous, ne faites rien : vous ne recevrez plus de message.",
    },
  },
  es: {
    "sign-up": {
      subject: "Confirme, por favor: {list}",
      text: [
        "Alguien, probablemente usted, pidió recibir {list} en esta dirección. Confirme, por favor, que lo desea.",
      ],
      button: "Confirmar en la página siguiente",
      after: "El enlace vale siete días. Si no fue usted, no haga nada: sin su confirmación no recibirá más correos.",
    },
    already: {
      subject: "Ya recibe {list}",
      text: ["Alguien, probablemente usted, pidió recibir {list} en esta dirección. Ya es así, no ha cambiado nada."],
      button: "Ver y cambiar lo que recibo",
      after: "Si no fue usted, no tiene que hacer nada.",
    },
    "address-old": {
      subject: "Confirme su cambio de dirección: {list}",
      text: [
        "Pidió recibir {list} en {newAddress} a partir de ahora. Confírmelo aquí y en el correo enviado a la nueva dirección.",
      ],
      button: "Confirmar en la página siguiente",
      after: "Si no fue usted, no haga nada: todo queda como está.",
    },
    "address-new": {
      subject: "Confirme su nueva dirección: {list}",
      text: [
        "Alguien, probablemente usted, pidió recibir {list} en esta dirección a partir de ahora. Confírmelo aquí y en el correo enviado a la dirección anterior.",
      ],
      button: "Confirmar en la página siguiente",
      after: "Si no fue usted, no haga nada: no recibirá más correos.",
    },
  },
  ar: {
    "sign-up": {
      subject: "يرجى التأكيد: {list}",
      text: ["طلب أحدهم، وأنت على الأرجح، أن تُرسل {list} إلى هذا العنوان. يرجى تأكيد أنك تريد ذلك."],
      button: "التأكيد في الصفحة التالية",
      after: "يعمل الرابط سبعة أيام. إن لم تكن أنت فلا تفعل شيئًا: من دون تأكيدك لن تصلك رسائل أخرى.",
    },
    already: {
      subject: "تصلك {list} بالفعل",
      text: ["طلب أحدهم، وأنت على الأرجح، أن تُرسل {list} إلى هذا العنوان. هي تصله بالفعل ولم يتغير شيء."],
      button: "عرض ما يصلني وتغييره",
      after: "إن لم تكن أنت فليس عليك فعل شيء.",
    },
    "address-old": {
      subject: "يرجى تأكيد تغيير عنوانك: {list}",
      text: [
        "طلبت أن تُرسل {list} من الآن إلى {newAddress}. يرجى التأكيد هنا وفي الرسالة التي أُرسلت إلى العنوان الجديد.",
      ],
      button: "التأكيد في الصفحة التالية",
      after: "إن لم تكن أنت فلا تفعل شيئًا: يبقى كل شيء كما هو.",
    },
    "address-new": {
      subject: "يرجى تأكيد عنوانك الجديد: {list}",
      text: [
        "طلب أحدهم، وأنت على الأرجح، أن تُرسل {list} من الآن إلى هذا العنوان. يرجى التأكيد هنا وفي الرسالة التي أُرسلت إلى العنوان القديم.",
      ],
      button: "التأكيد في الصفحة التالية",
      after: "إن لم تكن أنت فلا تفعل شيئًا: لن تصلك رسائل أخرى.",
    },
  },
  ja: {
    "sign-up": {
      subject: "登録の確認：{list}",
      text: ["このアドレスへの{list}の配信が申し込まれました。ご本人のお申し込みであれば、確認をお願いします。"],
      button: "次のページで確認する",
      after: "リンクは7日間有効です。お心当たりがなければ何もしないでください。確認されない限り、メールは届きません。",
    },
    already: {
      subject: "{list}はすでに登録されています",
      text: ["このアドレスへの{list}の配信が申し込まれましたが、すでに登録されています。変更はありません。"],
      button: "受け取る内容を確認・変更する",
      after: "お心当たりがなくても、何もする必要はありません。",
    },
    "address-old": {
      subject: "アドレス変更の確認：{list}",
      text: [
        "{list}の送り先を {newAddress} に変更する申し込みがありました。ここと、新しいアドレスに届いたメールの両方で確認してください。",
      ],
      button: "次のページで確認する",
      after: "お心当たりがなければ何もしないでください。変更されません。",
    },
    "address-new": {
      subject: "新しいアドレスの確認：{list}",
      text: [
        "{list}の送り先をこのアドレスに変更する申し込みがありました。ここと、これまでのアドレスに届いたメールの両方で確認してください。",
      ],
      button: "次のページで確認する",
      after: "お心当たりがなければ何もしないでください。メールは届きません。",
    },
  },
};

/** The words of a notice in a language we speak, else in English. */
export function noticeWords(type: NoticeType, lang: string): { readonly lang: Language; readonly words: NoticeWords } {
  const language = templateLanguages.find((known) => known === lang.toLowerCase().split("-")[0]) ?? "en";
  return { lang: language, words: words[language][type] };
}
