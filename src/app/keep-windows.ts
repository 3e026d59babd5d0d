import type { Pool } from "pg";
import { readMemberZones } from "../adapters/postgres/ledger/plan.ts";
import { moveToOpening, readCampaignWindow } from "../adapters/postgres/ledger/windows.ts";
import { nextOpening, readSendingWindow, type SendingWindow } from "../campaign/sending-window.ts";
import { systemClock } from "../lib/clock.ts";

interface KeptWindow {
  readonly window: SendingWindow;
  readonly zones: readonly string[];
  readonly listZone: string;
}

/** A window that is looked at this seldom closes late by no more. */
const lookEveryMs = 1_000;
/** Campaigns remembered; far above those that run at once. */
const campaignsMax = 1_000;

/** For the dispatcher: what is due while its reader's window is closed waits for the opening, retries and stragglers too. */
export function createWindowKeeper(pool: Pool): (campaign: number) => Promise<void> {
  const windows = new Map<number, KeptWindow | null>();
  const lookedMs = new Map<number, number>();

  const load = async (campaign: number): Promise<KeptWindow | null> => {
    const found = await readCampaignWindow(pool, campaign);
    if (!found) return null;
    const zones = await readMemberZones(pool, found.listId);
    return { window: readSendingWindow(found.window), zones, listZone: found.zone };
  };
  return async (campaign) => {
    const nowMs = systemClock.monotonicMs();
    if (nowMs - (lookedMs.get(campaign) ?? Number.NEGATIVE_INFINITY) < lookEveryMs) return;
    if (lookedMs.size > campaignsMax) {
      lookedMs.clear();
      windows.clear();
    }
    let kept = windows.get(campaign);
    if (kept === undefined) windows.set(campaign, (kept = await load(campaign)));
    if (kept !== null) {
      const { window, zones, listZone } = kept;
      const now = systemClock.now();
      const closed = new Map<string, Date>();
      for (const zone of zones) {
        const opens = nextOpening(window, zone, now);
        if (opens) closed.set(zone, opens);
      }
      await moveToOpening(pool, campaign, closed, nextOpening(window, listZone, now), zones);
    }
    lookedMs.set(campaign, nowMs);
  };
}
