import type { Words } from "./words.ts";

export const german: Words = {
  viewInBrowser: "Im Browser ansehen",
  why: (listName, address) => `Sie erhalten diese Mail, weil ${address} für ${listName} angemeldet ist.`,
  preferences: "Auswählen, was Sie erhalten",
  unsubscribe: "Abmelden",
  sentBy: (name) => `Gesendet von ${name}`,
  allDay: "Ganztägig",
  dateAndTime: (date, time) => `${date}, ${time}`,
  clock: (time, zone) => `${time} (${zone})`,
  range: null,
  addToCalendar: "In den Kalender eintragen",
  with: (speakers) => `Mit ${speakers}`,
  readerTime: (time) => ` · bei Ihnen ${time}`,
  picture: (alt) => `[Bild: ${alt}]`,
  unit: (unit) => `Einheit: ${unit}`,
  quotedFrom: (by) => `— ${by}`,
};
