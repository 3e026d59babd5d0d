import type { Pool } from "pg";
import { readListMailboxes, type ListMailboxes } from "../adapters/postgres/forwards.ts";
import { findMailtoToken } from "../domain/mailto-unsubscribe.ts";
import { readFoldedToken } from "../domain/token.ts";
import type { TokenKeys } from "../domain/token-keys.ts";
import { verifyVerp, verpPrefix } from "../domain/verp.ts";
import { systemClock } from "../lib/clock.ts";
import type { Config } from "./config.ts";

/** The addresses that we gave out, and whose mail therefore is for us. */
export interface InboundAddresses {
  accepts(address: string): Promise<boolean>;
  /** The list whose From address this is, where answers go on to another address. */
  findList(addresses: readonly string[]): Promise<ListMailboxes | null>;
}

/** A new list's addresses work after this long. */
const listsMs = 10_000;

export function createInboundAddresses(
  pool: Pool,
  keys: TokenKeys,
  config: Pick<Config, "returnPathDomain" | "unsubscribeMailbox">,
): InboundAddresses {
  let kept: { readonly atMs: number; readonly lists: readonly ListMailboxes[] } | null = null;
  const lists = async (): Promise<readonly ListMailboxes[]> => {
    if (!kept || systemClock.monotonicMs() - kept.atMs > listsMs)
      kept = { atMs: systemClock.monotonicMs(), lists: await readListMailboxes(pool) };
    return kept.lists;
  };
  return {
    async accepts(given) {
      const address = given.trim().toLowerCase();
      // Only who has a mail of ours has one of these; what was made up ends here.
      if (verifyVerp(address, keys.verp)) return true;
      const token = findMailtoToken(address, "");
      if (token && readFoldedToken(token, keys, "reader")) return true;
      const all = await lists();
      const domains = new Set([config.returnPathDomain, ...all.map((list) => domainOf(list.fromAddress))]);
      const plain = [verpPrefix.replace("+", "@"), "leave@"].some((start) => address.startsWith(start));
      if (plain && domains.has(domainOf(address))) return true;
      if (address === config.unsubscribeMailbox?.toLowerCase()) return true;
      return findForwarded(all, [address]) !== null;
    },
    findList: async (addresses) =>
      findForwarded(
        await lists(),
        addresses.map((address) => address.toLowerCase()),
      ),
  };
}

/** A list without a reply-to of its own would have its answers sent back to where they came from. */
function findForwarded(lists: readonly ListMailboxes[], addresses: readonly string[]): ListMailboxes | null {
  const isOther = (list: ListMailboxes): boolean =>
    list.replyTo !== null && list.replyTo.toLowerCase() !== list.fromAddress.toLowerCase();
  return lists.find((list) => isOther(list) && addresses.includes(list.fromAddress.toLowerCase())) ?? null;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}
