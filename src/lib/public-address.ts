import { BlockList, isIP } from "node:net";

/** What nobody outside can reach: this machine, the network around it, metadata services, reserved blocks (RFC 6890). */
const blocked = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  blocked.addSubnet(net, bits, "ipv4");

/** Addresses of the world (2000::/3) apart from documentation, tunnels and what carries an IPv4 address inside. */
const world = new BlockList();
world.addSubnet("2000::", 3, "ipv6");
for (const [net, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
] as const)
  blocked.addSubnet(net, bits, "ipv6");

/**
 * Whether an address is one of the world: what outsiders can reach, and what may be asked on somebody's behalf.
 * @param address IPv4, or IPv6 without brackets
 */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  switch (isIP(mapped)) {
    case 4:
      return !blocked.check(mapped, "ipv4");
    case 6:
      return world.check(mapped, "ipv6") && !blocked.check(mapped, "ipv6");
    default:
      return false;
  }
}
