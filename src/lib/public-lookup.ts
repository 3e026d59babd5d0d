import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";

/** A name or an address leads into this machine or a private network. */
export class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
}

/** Who may be asked; tests ask their own machine. */
export type AddressRule = (address: string) => boolean;

/** @throws PrivateAddressError for a host that is an address, and no public one */
export function refusePrivateHost(url: URL, isAllowed: AddressRule = isPublicAddress): void {
  const bare = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0 && !isAllowed(bare)) throw new PrivateAddressError(`it leads to the private address ${bare}`);
}

/**
 * For a request's `lookup`: checked where the connection is made, so that a name can't mean another address by then. One
 * private address among several refuses the name.
 */
export function createPublicLookup(isAllowed: AddressRule = isPublicAddress): LookupFunction {
  return (name, options, callback) =>
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const refused = addresses.find(({ address }) => !isAllowed(address));
      if (refused) return callback(new PrivateAddressError(`it leads to the private address ${refused.address}`), []);
      const [first] = addresses;
      if (options.all) return callback(null, addresses);
      return callback(null, first?.address ?? "", first?.family);
    });
}
