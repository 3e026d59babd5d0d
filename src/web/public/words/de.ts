import type { PageWords } from "./words.ts";

export const german: PageWords = {
  languageName: "Deutsch",
  common: {
    skip: "Zum Inhalt springen",
    languages: "Sprache",
    sentBy: (name) => `Gesendet von ${name}`,
    brokenTitle: "Dieser Link funktioniert nicht",
    brokenText:
      "Vielleicht wurde er unterwegs abgeschnitten. Bitte öffnen Sie ihn noch einmal aus der Mail oder kopieren Sie ihn ganz.",
    tooMany: "Das war sehr viel auf einmal. Bitte versuchen Sie es in einigen Minuten noch einmal.",
    notUnderstood: "Das Formular kam nicht vollständig an. Bitte gehen Sie zurück und versuchen Sie es noch einmal.",
  },
  leave: {
    title: (list) => `${list} abbestellen?`,
    text: (address, list) => `${address} bekommt dann keine Mails von ${list} mehr.`,
    press: "Ja, abbestellen",
    preferences: "Lieber auswählen, was Sie erhalten",
    doneTitle: (list) => `Sie haben ${list} abbestellt`,
    doneText: (address, list) => `${address} bekommt keine Mails von ${list} mehr. Das gilt ab sofort.`,
    gone: "Diese Adresse steht auf keiner unserer Listen und bekommt keine Mails von uns.",
    everyList: (count) =>
      count === 1
        ? "Sie stehen noch auf einer weiteren Liste von uns."
        : `Sie stehen noch auf ${count} weiteren Listen von uns.`,
    everyListPress: "Alle Listen abbestellen",
    everyListDone: "Sie haben alle Listen abbestellt",
    mistake: "Aus Versehen gedrückt?",
    undo: "Das wollte ich nicht",
    undone: (list) => `Sie stehen wieder auf ${list}`,
    notUndone:
      "Das lässt sich hier nicht mehr zurücknehmen. Wenn Sie wiederkommen möchten, melden Sie sich bitte neu an.",
  },
  view: {
    goneTitle: "Diese Mail lässt sich hier nicht zeigen",
    goneText: "Sie war ein Test, wurde nie verschickt, oder ihre Angaben wurden gelöscht.",
  },
};
