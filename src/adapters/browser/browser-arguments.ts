/** Chromium's own sandbox needs user namespaces, which containers lack; the documents are our own and run no script. */
export const browserArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--hide-scrollbars",
  "--font-render-hinting=none",
];
