import type { Place } from "../lib/errors.ts";
import { createFinding } from "./create-finding.ts";
import type { Finding } from "./finding.ts";

/** RFC 5322 section 2.1.1, without the line's end. */
const lineOctetsMax = 998;

/** RFC 5322 section 3.6 and what Gmail and Yahoo ask of bulk mail (RFC 2369, 8058). */
const needed = [
  "from",
  "to",
  "subject",
  "date",
  "message-id",
  "mime-version",
  "content-type",
  "list-id",
  "list-unsubscribe",
];

/** The finished bytes of one mail: its lines and its header. */
export function checkMessage(bytes: Buffer, place: Place): readonly Finding[] {
  const findings: Finding[] = [];
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf("\r\n"); ; end = bytes.indexOf("\r\n", start)) {
    const length = (end < 0 ? bytes.length : end) - start;
    if (length > lineOctetsMax) {
      const message = `Line ${line} of the message has ${length} octets; ${lineOctetsMax} are allowed.`;
      findings.push(
        createFinding("line-length", place, message, "This is a fault of the sender, not of the issue: report it."),
      );
    }
    if (end < 0) break;
    start = end + 2;
    line += 1;
  }
  const headEnd = bytes.indexOf("\r\n\r\n");
  const head = bytes.toString("latin1", 0, headEnd < 0 ? bytes.length : headEnd);
  const names = [...head.matchAll(/^([!-9;-~]+):/gm)].map((match) => (match[1] as string).toLowerCase());
  for (const name of needed) {
    const count = names.filter((found) => found === name).length;
    if (count === 1) continue;
    const message = count === 0 ? `The message has no ${name} field.` : `The message has ${count} ${name} fields.`;
    findings.push(createFinding("message-headers", place, message, "See docs/deliverability.md for what each is for."));
  }
  return findings;
}
