import type { Words } from "./words.ts";

export const arabic: Words = {
  viewInBrowser: "عرض في المتصفح",
  // The isolates keep a left-to-right address or name from pulling the sentence's punctuation to the wrong side.
  why: (listName, address) => `تصلك هذه الرسالة لأن \u2068${address}\u2069 مشترك في \u2068${listName}\u2069.`,
  preferences: "اختر ما يصلك",
  unsubscribe: "إلغاء الاشتراك",
  sentBy: (name) => `أُرسلت من \u2068${name}\u2069`,
  allDay: "طوال اليوم",
  clock: (time, zone) => `${time} (${zone})`,
  range: null,
  addToCalendar: "أضف إلى التقويم",
  addEventToCalendar: (title) => `أضف «${title}» إلى تقويمك`,
  with: (speakers) => `مع ${speakers}`,
  readerTime: (time) => ` · ${time} بتوقيتك`,
  picture: (alt) => `[صورة: ${alt}]`,
  unit: (unit) => `الوحدة: ${unit}.`,
  quotedFrom: (by) => `— ${by}`,
};
