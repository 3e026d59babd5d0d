import type { PageWords } from "./words.ts";

export const arabic: PageWords = {
  languageName: "العربية",
  common: {
    skip: "انتقل إلى المحتوى",
    languages: "اللغة",
    sentBy: (name) => `مُرسَل من ${name}`,
    brokenTitle: "هذا الرابط لا يعمل",
    brokenText: "ربما قُطع في الطريق. افتحه من الرسالة مرة أخرى، أو انسخه كاملًا.",
    tooMany: "هذا كثير دفعة واحدة. حاول مرة أخرى بعد بضع دقائق.",
    notUnderstood: "لم يصل النموذج كاملًا. ارجع وحاول مرة أخرى.",
  },
  leave: {
    title: (list) => `هل تريد مغادرة ${list}؟`,
    text: (address, list) => `لن تصل إلى ${address} رسائل أخرى من ${list}.`,
    press: "نعم، ألغِ اشتراكي",
    preferences: "أفضّل اختيار ما يصلني",
    doneTitle: (list) => `لقد غادرت ${list}`,
    doneText: (address, list) => `لن تصل إلى ${address} رسائل أخرى من ${list}. يسري ذلك من الآن.`,
    gone: "هذا العنوان ليس في أي من قوائمنا، ولا تصله رسائل منا.",
    everyList: (count) =>
      count === 1 ? "ما زلت في قائمة أخرى من قوائمنا." : `عدد قوائمنا الأخرى التي ما زلت فيها: ${count}.`,
    everyListPress: "مغادرة كل القوائم",
    everyListDone: "لقد غادرت كل القوائم",
    mistake: "هل ضغطت بالخطأ؟",
    undo: "لم أقصد المغادرة",
    undone: (list) => `عدت إلى ${list} كما كنت`,
    notUndone: "لم يعد التراجع ممكنًا هنا. إن أردت العودة فاشترك من جديد.",
  },
  view: {
    goneTitle: "لا يمكن عرض هذه الرسالة هنا",
    goneText: "كانت تجربة، أو لم تُرسل قط، أو حُذفت بياناتها.",
  },
};
