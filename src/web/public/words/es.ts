import type { PageWords } from "./words.ts";

export const spanish: PageWords = {
  languageName: "Español",
  common: {
    skip: "Ir al contenido",
    languages: "Idioma",
    sentBy: (name) => `Enviado por ${name}`,
    brokenTitle: "Este enlace no funciona",
    brokenText: "Puede que se haya cortado por el camino. Ábralo de nuevo desde el correo o cópielo entero.",
    tooMany: "Han sido demasiadas veces seguidas. Inténtelo de nuevo en unos minutos.",
    notUnderstood: "El formulario no llegó completo. Vuelva atrás e inténtelo de nuevo.",
  },
  leave: {
    title: (list) => `¿Dejar ${list}?`,
    text: (address, list) => `${address} no recibirá más correos de ${list}.`,
    press: "Sí, darme de baja",
    preferences: "Mejor elegir lo que recibo",
    doneTitle: (list) => `Ha dejado ${list}`,
    doneText: (address, list) => `${address} ya no recibe correos de ${list}. Es efectivo desde ahora.`,
    gone: "Esta dirección no está en ninguna de nuestras listas y no recibe correos nuestros.",
    everyList: (count) =>
      count === 1 ? "Sigue en otra de nuestras listas." : `Sigue en otras ${count} de nuestras listas.`,
    everyListPress: "Dejar todas las listas",
    everyListDone: "Ha dejado todas las listas",
    mistake: "¿Ha sido sin querer?",
    undo: "No quería darme de baja",
    undone: (list) => `Está de nuevo en ${list}`,
    notUndone: "Aquí ya no se puede deshacer. Si desea volver, suscríbase de nuevo.",
  },
  view: {
    goneTitle: "Este correo no se puede mostrar aquí",
    goneText: "Era una prueba, nunca se envió o sus datos se han borrado.",
  },
};
