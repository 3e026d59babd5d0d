import type { Words } from "./words.ts";

export const spanish: Words = {
  viewInBrowser: "Ver en el navegador",
  why: (listName, address) => `Recibes este correo porque ${address} está suscrito a ${listName}.`,
  preferences: "Elegir lo que recibes",
  unsubscribe: "Darse de baja",
  sentBy: (name) => `Enviado por ${name}`,
  allDay: "Todo el día",
  dateAndTime: (date, time) => `${date}, ${time}`,
  clock: (time, zone) => `${time} (${zone})`,
  range: null,
  addToCalendar: "Añadir al calendario",
  with: (speakers) => `Con ${speakers}`,
  readerTime: (time) => ` · ${time} donde estás`,
  picture: (alt) => `[Imagen: ${alt}]`,
  unit: (unit) => `Unidad: ${unit}`,
  quotedFrom: (by) => `— ${by}`,
};
