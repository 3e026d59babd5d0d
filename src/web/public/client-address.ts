import { BlockList, isIP } from "node:net";
import type { Context } from "hono";

/** Peers that may be our own reverse proxy; anybody else's word about the client is not taken. */
const near = new BlockList();
near.addSubnet("127.0.0.0", 8);
near.addSubnet("10.0.0.0", 8);
near.addSubnet("172.16.0.0", 12);
near.addSubnet("192.168.0.0", 16);
near.addAddress("::1", "ipv6");
near.addSubnet("fc00::", 7, "ipv6");

/** More hops than any chain of proxies has. */
const hopsMax = 20;

/**
 * Who asks: the connection's other end or, where that is a proxy on this machine or network, the nearest address that it
 * was told of which is neither. What a client itself wrote into X-Forwarded-For stands further left and is not read.
 */
export function clientAddress(c: Context): string | null {
  const environment = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  const peer = plain(environment?.incoming?.socket?.remoteAddress ?? null);
  if (peer !== null && !isNear(peer)) return peer;
  const told = (c.req.header("x-forwarded-for") ?? "").split(",").slice(-hopsMax).toReversed();
  for (const hop of told) {
    const address = plain(hop.trim());
    if (address === null) break;
    if (!isNear(address)) return address;
  }
  return peer;
}

/** One customer's network: an IPv4 address, or the /64 that a provider gives to a household. */
export function networkOf(address: string | null): string {
  if (address === null) return "unknown";
  return isIP(address) === 6 ? `${expand(address).slice(0, 4).join(":")}::/64` : address;
}

/** The neighbourhood: a /24, or a /48. */
export function widerNetworkOf(address: string | null): string {
  if (address === null) return "unknown";
  return isIP(address) === 6
    ? `${expand(address).slice(0, 3).join(":")}::/48`
    : `${address.split(".").slice(0, 3).join(".")}.0/24`;
}

function isNear(address: string): boolean {
  return near.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** Without a mapped IPv4 address's prefix; `null` for what is no address. */
function plain(text: string | null): string | null {
  const address = text?.replace(/^::ffff:(?=\d+\.)/i, "") ?? "";
  return isIP(address) === 0 ? null : address;
}

function expand(address: string): string[] {
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : Math.max(8 - left.length - right.length, 0);
  return [...left, ...Array.from({ length: missing }, () => "0"), ...right].map((group) => group.toLowerCase());
}
