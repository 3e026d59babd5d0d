/*
 * Files that hold several mails, one after another, each with a line `From sender date` in front (RFC 4155). The line must
 * stand after a blank one, end in a year, and be followed by a header field: `From ` in a body is not taken for it.
 */

/** More mails in one file are read by the caller from a folder. */
const mailsMax = 100_000;

/**
 * The mails of a file: one, unless it is an mbox. The `From ` lines are left out.
 * @param raw the whole file, any line ends
 */
export function splitMbox(raw: Buffer): Buffer[] {
  if (!/^\s{0,10}From \S/.test(raw.subarray(0, 200).toString("latin1"))) return [raw];
  const text = raw.toString("latin1");
  const starts: { from: number; body: number }[] = [];
  const pattern = /(^\s{0,10}|\n\n|\r\n\r\n|\r\r)From [^\r\n]{1,200}\d{4}(?:\r\n|\n|\r)(?=[!-9;-~]{1,76}:)/g;
  for (const match of text.matchAll(pattern)) {
    starts.push({ from: match.index + (match[1] ?? "").length, body: match.index + match[0].length });
    if (starts.length === mailsMax) break;
  }
  if (starts.length === 0) return [raw];
  return starts.map((start, index) => raw.subarray(start.body, starts[index + 1]?.from ?? raw.length));
}
