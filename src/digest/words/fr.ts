import type { Words } from "./words.ts";

export const french: Words = {
  viewInBrowser: "Voir dans le navigateur",
  why: (listName, address) => `Vous recevez ce message car ${address} est abonné à ${listName}.`,
  preferences: "Choisir ce que vous recevez",
  unsubscribe: "Se désabonner",
  sentBy: (name) => `Envoyé par ${name}`,
  allDay: "Toute la journée",
  dateAndTime: (date, time) => `${date}, ${time}`,
  clock: (time, zone) => `${time} (${zone})`,
  range: null,
  addToCalendar: "Ajouter au calendrier",
  with: (speakers) => `Avec ${speakers}`,
  readerTime: (time) => ` · ${time} chez vous`,
  picture: (alt) => `[Image : ${alt}]`,
  unit: (unit) => `Unité : ${unit}`,
  quotedFrom: (by) => `— ${by}`,
};
