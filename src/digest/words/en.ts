import type { Words } from "./words.ts";

export const english: Words = {
  viewInBrowser: "View in browser",
  why: (listName, address) => `You get this because ${address} is subscribed to ${listName}.`,
  preferences: "Choose what you get",
  unsubscribe: "Unsubscribe",
  sentBy: (name) => `Sent by ${name}`,
  allDay: "All day",
  dateAndTime: (date, time) => `${date}, ${time}`,
  clock: (time, zone) => `${time} ${zone}`,
  range: null,
  addToCalendar: "Add to calendar",
  with: (speakers) => `With ${speakers}`,
  readerTime: (time) => ` · ${time} where you are`,
  picture: (alt) => `[Picture: ${alt}]`,
  unit: (unit) => `Unit: ${unit}`,
  quotedFrom: (by) => `— ${by}`,
};
