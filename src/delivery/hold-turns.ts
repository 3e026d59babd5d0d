import type { DeliveryJob } from "../domain/delivery.ts";
import type { DeliveryLedger } from "../domain/ledger.ts";

/**
 * Lets one process ask for a turn once at a time. The queue may run a job twice in one process (a lost lock, an emptied queue
 * while it waits for a connection); asked in one batch, or again after a lost answer, the ledger would give both runs the same
 * claim, and both would send. A turn is held until its settlement is written; one whose run failed inside Broadsheet stays
 * held, since its row does too.
 */
export function holdTurns(ledger: DeliveryLedger): DeliveryLedger {
  const held = new Set<string>();
  return {
    async claim(job) {
      const turn = nameTurn(job);
      if (held.has(turn)) return null;
      held.add(turn);
      let isClaimed = false;
      try {
        const claim = await ledger.claim(job);
        isClaimed = claim !== null;
        return claim;
      } finally {
        if (!isClaimed) held.delete(turn);
      }
    },
    async settle(settlement) {
      await ledger.settle(settlement);
      held.delete(nameTurn(settlement));
    },
  };
}

function nameTurn({ delivery, turn }: DeliveryJob): string {
  return `${delivery.campaign}.${delivery.number}.${turn}`;
}
