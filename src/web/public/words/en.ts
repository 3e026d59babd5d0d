import type { PageWords } from "./words.ts";

export const english: PageWords = {
  languageName: "English",
  common: {
    skip: "Skip to the content",
    languages: "Language",
    sentBy: (name) => `Sent by ${name}`,
    brokenTitle: "This link doesn’t work",
    brokenText: "It may have been cut off on its way. Please open it from the mail again, or copy the whole of it.",
    tooMany: "That was a lot at once. Please try again in a few minutes.",
    notUnderstood: "The form didn’t arrive whole. Please go back and try again.",
  },
  leave: {
    title: (list) => `Leave ${list}?`,
    text: (address, list) => `${address} will get no more mail from ${list}.`,
    press: "Yes, leave",
    preferences: "Choose what you get instead",
    doneTitle: (list) => `You have left ${list}`,
    doneText: (address, list) => `${address} gets no more mail from ${list}. It took effect at once.`,
    gone: "This address is not on any of our lists, so it gets no mail from us.",
    everyList: (count) =>
      count === 1 ? "You are still on one other list of ours." : `You are still on ${count} other lists of ours.`,
    everyListPress: "Leave every list",
    everyListDone: "You have left every list",
    mistake: "Pressed by mistake?",
    undo: "I did not mean to leave",
    undone: (list) => `You are on ${list} as before`,
    notUndone: "This can’t be taken back here any more. Please sign up again if you would like to return.",
  },
  view: {
    goneTitle: "This mail can’t be shown here",
    goneText: "It was a test, it was never sent, or what it was made of has been erased.",
  },
};
