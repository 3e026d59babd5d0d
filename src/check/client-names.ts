/** The clients of caniemail.com that a reader of today may have, by which a matrix is spelt out. */
const known = [
  "apple-mail.macos",
  "apple-mail.ios",
  "gmail.desktop-webmail",
  "gmail.ios",
  "gmail.android",
  "gmail.mobile-webmail",
  "outlook.windows",
  "outlook.windows-mail",
  "outlook.macos",
  "outlook.ios",
  "outlook.android",
  "yahoo.desktop-webmail",
  "yahoo.ios",
  "yahoo.android",
  "samsung-email.android",
] as const;

export type ClientName = (typeof known)[number];

/** `gmail.*` to the clients of that name. */
export function clientNames(matrix: readonly string[]): ClientName[] {
  return known.filter((name) =>
    matrix.some((pattern) => (pattern.endsWith(".*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern)),
  );
}
