import { isIP } from "node:net";
import { isPublicAddress } from "../lib/public-address.ts";

/** Whether someone outside this machine and its network can open a `PUBLIC_URL`, and why not. */
export type Reach = { readonly reachable: true } | { readonly reachable: false; readonly reason: string };

/**
 * Judges an address by its form alone, without asking DNS: http, localhost, private networks and names that mean nothing
 * outside are out of reach. The reason goes on after "PUBLIC_URL is ..: ".
 */
export function isPublicUrlReachableByOutsiders(publicUrl: string): Reach {
  const no = (reason: string): Reach => ({ reachable: false, reason });
  if (!URL.canParse(publicUrl)) return no("it is not a valid URL");
  const { protocol, hostname } = new URL(publicUrl);
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (protocol !== "https:" && protocol !== "http:") return no("it does not begin with https://");
  if (isIP(host) !== 0) {
    if (!isPublicAddress(host)) {
      return no(`the address ${host} is one of this machine or of a private network`);
    }
  } else if (host === "localhost" || host.endsWith(".localhost")) {
    return no("localhost is this machine alone");
  } else if (!host.includes(".")) {
    return no(`the name ${JSON.stringify(host)} has no domain, so it is only known in this network`);
  } else if (privateNames.test(host)) {
    return no(`names that end in .${host.split(".").at(-1)} are not known on the internet`);
  }
  if (protocol === "http:") return no("mail programs ask for https, and one-click unsubscribing needs it");
  return { reachable: true };
}

/** RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what routers and companies use by habit. */
const privateNames =
  /\.(local|internal|intranet|lan|home|corp|private|localdomain|home\.arpa|test|invalid|example|alt|onion)$/;
