import type { Words } from "./words.ts";

export const japanese: Words = {
  viewInBrowser: "ブラウザーで見る",
  why: (listName, address) => `このメールは、${listName} に登録されている ${address} 宛てにお送りしています。`,
  preferences: "配信内容を選ぶ",
  unsubscribe: "配信を停止する",
  sentBy: (name) => `配信元：${name}`,
  allDay: "終日",
  dateAndTime: (date, time) => `${date} ${time}`,
  clock: (time, zone) => `${time}（${zone}）`,
  range: (from, to) => `${from}～${to}`,
  addToCalendar: "カレンダーに追加",
  with: (speakers) => `出演：${speakers}`,
  readerTime: (time) => `（お住まいの地域では${time}）`,
  picture: (alt) => `［画像：${alt}］`,
  unit: (unit) => `単位：${unit}`,
  quotedFrom: (by) => `— ${by}`,
};
