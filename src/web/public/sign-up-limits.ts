import type { Context } from "hono";
import { clientAddress, networkOf, widerNetworkOf } from "./client-address.ts";
import type { ProofOfWork } from "./proof-of-work.ts";
import { createRateLimit } from "./rate-limit.ts";

const minute = 60_000;

/*
 * Against list bombing: limits for a network, its neighbourhood and a list, wider for whoever brings a proof of work. The
 * limit for an address stands in the database (domain/reader-request.ts), where every process sees it.
 */
const limits = {
  /** Sign-ups of one network in ten minutes: an office behind one address, a stand at a fair. */
  network: { plain: 10, proven: 60 },
  neighbourhood: { plain: 60, proven: 300 },
  /** Of one list, from everywhere: a list that is in the news takes its readers with proofs. */
  list: { plain: 300, proven: 6_000 },
} as const;
const windowMs = 10 * minute;

export interface SignUpLimits {
  /** Counts one sign-up. @returns whether it may go on */
  allow(c: Context, listId: number, fields: URLSearchParams): boolean;
}

export function createSignUpLimits(proofs: ProofOfWork): SignUpLimits {
  const kinds = ["plain", "proven"] as const;
  const [plain, proven] = kinds.map((kind) => ({
    network: createRateLimit(limits.network[kind], windowMs),
    neighbourhood: createRateLimit(limits.neighbourhood[kind], windowMs),
    list: createRateLimit(limits.list[kind], windowMs),
  }));
  return {
    allow(c, listId, fields) {
      const isProven = proofs.check(fields.get("challenge") ?? "", fields.get("answer") ?? "");
      const counting = isProven ? proven : plain;
      const address = clientAddress(c);
      return (
        counting !== undefined &&
        counting.network.take(networkOf(address)) &&
        counting.neighbourhood.take(widerNetworkOf(address)) &&
        counting.list.take(String(listId))
      );
    },
  };
}
