import type { PageWords } from "./words.ts";

export const french: PageWords = {
  languageName: "Français",
  common: {
    skip: "Aller au contenu",
    languages: "Langue",
    sentBy: (name) => `Envoyé par ${name}`,
    brokenTitle: "Ce lien ne fonctionne pas",
    brokenText: "Il a peut-être été coupé en route. Ouvrez-le de nouveau depuis le message, ou copiez-le en entier.",
    tooMany: "Cela fait beaucoup à la fois. Réessayez dans quelques minutes.",
    notUnderstood: "Le formulaire n’est pas arrivé en entier. Revenez en arrière et réessayez.",
  },
  leave: {
    title: (list) => `Quitter ${list} ?`,
    text: (address, list) => `${address} ne recevra plus de messages de ${list}.`,
    press: "Oui, me désabonner",
    preferences: "Plutôt choisir ce que je reçois",
    doneTitle: (list) => `Vous avez quitté ${list}`,
    doneText: (address, list) => `${address} ne reçoit plus de messages de ${list}. C’est effectif dès maintenant.`,
    gone: "Cette adresse ne figure sur aucune de nos listes et ne reçoit aucun message de notre part.",
    everyList: (count) =>
      count === 1
        ? "Vous êtes encore sur une autre de nos listes."
        : `Vous êtes encore sur ${count} autres de nos listes.`,
    everyListPress: "Quitter toutes les listes",
    everyListDone: "Vous avez quitté toutes les listes",
    mistake: "Une erreur ?",
    undo: "Je ne voulais pas partir",
    undone: (list) => `Vous êtes de nouveau sur ${list}`,
    notUndone: "Il n’est plus possible de revenir en arrière ici. Inscrivez-vous de nouveau si vous souhaitez revenir.",
  },
  view: {
    goneTitle: "Ce message ne peut pas être affiché ici",
    goneText: "C’était un essai, il n’a jamais été envoyé, ou ses données ont été effacées.",
  },
};
