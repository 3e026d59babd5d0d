import { domainToASCII } from "node:url";

/** RFC 5321 section 4.5.3.1.2. */
const domainOctetsMax = 255;
/** RFC 1035 section 2.3.4. */
const labelOctetsMax = 63;

/** Nearly every domain; the rest is looked at closely. */
const plainDomain =
  /^(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\.[a-z]{2,63}$/;
/** The ASCII characters of a host name; white space and the rest of a URL must not reach the URL parser below. */
// oxlint-disable-next-line no-control-regex -- the control characters are excluded with the rest of ASCII
const foreignAscii = /(?![A-Za-z0-9.-])[\u0000-\u007f]/;
const asciiOnly = /^[ -~]*$/;

/**
 * A mail domain as A-labels in lower case (RFC 5891, UTS 46), or in words what is wrong with it; the words continue a
 * sentence that begins with the address.
 */
export function asciiDomain(given: string): string | { readonly problem: string } {
  const lower = given.toLowerCase();
  // Beside being quick this can't mistake: such a name means itself to every rule below.
  if (plainDomain.test(lower) && lower.length <= domainOctetsMax && asciiOnly.test(given)) return lower;
  if (given === "") return { problem: "has nothing after the @; an address looks like name@example.com" };
  if (given.startsWith("["))
    return { problem: "has a number in brackets for a domain; give a name such as example.com" };
  const [foreign] = foreignAscii.exec(given) ?? [];
  if (foreign === " ") return { problem: "has a space in its domain" };
  if (foreign !== undefined) {
    return {
      problem: `has the character ${JSON.stringify(foreign)} in its domain; letters, digits, dots and hyphens may stand there`,
    };
  }
  const needsMapping = !asciiOnly.test(given) || /(?:^|\.)xn--/.test(lower);
  const domain = needsMapping ? domainToASCII(given.normalize("NFC")) : lower;
  if (domain === "") return { problem: `has a domain that cannot be a name: ${JSON.stringify(given)}` };
  return checkLabels(domain) ?? domain;
}

function checkLabels(domain: string): { readonly problem: string } | null {
  if (domain.length > domainOctetsMax) return { problem: `has a domain of more than ${domainOctetsMax} octets` };
  const labels = domain.split(".");
  for (const label of labels) {
    if (label === "") return { problem: "has a dot too many in its domain" };
    if (label.length > labelOctetsMax)
      return { problem: `has more than ${labelOctetsMax} octets between two dots of its domain` };
    if (label.startsWith("-") || label.endsWith("-"))
      return { problem: "has a hyphen at the edge of a part of its domain" };
    if (!/^[a-z0-9-]+$/.test(label)) return { problem: `has a domain that cannot be a name: ${JSON.stringify(label)}` };
  }
  // RFC 3696 section 2: a top-level domain is never all digits; such a name would be read as an IP address.
  if (/^\d+$/.test(labels.at(-1) as string))
    return { problem: "has a number for a domain; give a name such as example.com" };
  return null;
}
