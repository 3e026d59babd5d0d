import type { Words } from "./words.ts";

export const arabic: Words = {
  viewInBrowser: "عرض في المتصفح",
  why: (listName, address) => `تصلك هذه الرسالة لأن ${address} مشترك في ${listName}.`,
  preferences: "اختر ما يصلك",
  unsubscribe: "إلغاء الاشتراك",
  sentBy: (name) => `أُرسلت من ${name}`,
  allDay: "طوال اليوم",
  dateAndTime: (date, time) => `${date}، ${time}`,
  clock: (time, zone) => `${time} (${zone})`,
  range: null,
  addToCalendar: "أضف إلى التقويم",
  with: (speakers) => `مع ${speakers}`,
  readerTime: (time) => ` · ${time} بتوقيتك`,
  picture: (alt) => `[صورة: ${alt}]`,
  unit: (unit) => `الوحدة: ${unit}`,
  quotedFrom: (by) => `— ${by}`,
};
