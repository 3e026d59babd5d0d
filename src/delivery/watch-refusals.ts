/**
 * A lane whose provider refuses us for policy reasons more often than any healthy sender sees is stopped before the list is
 * burnt. Each deliver process watches what itself was told: with several, each sees its share of the same answers.
 */

/** What one answer was: everything else is a normal end or a fault of the reader's mailbox. */
export type WatchedAnswer = "policy" | "refused" | "deferred" | "other";

export interface AnswerWatch {
  /** @returns in words why to stop, or `null` */
  note(name: string, answer: WatchedAnswer): string | null;
}

export interface WatchLimits {
  /** The last so many answers count. */
  readonly windowSize: number;
  /** Fewer answers of the kind than this prove nothing. */
  readonly countMin: number;
  /** The share above which to stop, 0 to 1. */
  readonly shareMax: number;
}

/** A lane's baseline: healthy senders see well below one policy refusal in a hundred; a block makes it nearly all of them. */
export const policyLimits: WatchLimits = { windowSize: 200, countMin: 11, shareMax: 0.05 };

/** A campaign's refusals: providers look closely above 5 % unknown mailboxes, a list that bounces above 10 % is not ours. */
export const refusalLimits: WatchLimits = { windowSize: 500, countMin: 20, shareMax: 0.1 };

/** Nearly everybody puts us off: greylisting of a whole list looks like half of it, an outage or a block like this. */
export const deferralLimits: WatchLimits = { windowSize: 500, countMin: 200, shareMax: 0.8 };

/** Watches lanes or campaigns, by name, for the kinds of answers that have limits. */
export function createAnswerWatch(
  limits: readonly { readonly kinds: readonly WatchedAnswer[]; readonly limits: WatchLimits; readonly words: string }[],
): AnswerWatch {
  const windows = new Map<string, WatchedAnswer[]>();
  const sizeMax = Math.max(...limits.map((limit) => limit.limits.windowSize));
  return {
    note(name, answer) {
      let window = windows.get(name);
      if (!window) windows.set(name, (window = []));
      window.push(answer);
      if (window.length > sizeMax) window.shift();
      for (const { kinds, limits: limit, words } of limits) {
        if (!kinds.includes(answer)) continue;
        const last = window.slice(-limit.windowSize);
        const count = last.filter((one) => kinds.includes(one)).length;
        if (count < limit.countMin || count / last.length <= limit.shareMax) continue;
        // What stopped it is told once; after a person's look it begins anew.
        windows.delete(name);
        return `${count} of the last ${last.length} answers were ${words}`;
      }
      return null;
    },
  };
}

/** For lanes. */
export function createLaneWatch(): AnswerWatch {
  return createAnswerWatch([{ kinds: ["policy"], limits: policyLimits, words: "policy refusals" }]);
}

/** For campaigns. @param refusedShareMax 0 to 1; 1 never halts */
export function createCampaignWatch(refusedShareMax: number = refusalLimits.shareMax): AnswerWatch {
  if (refusedShareMax >= 1) return { note: () => null };
  return createAnswerWatch([
    { kinds: ["policy", "refused"], limits: { ...refusalLimits, shareMax: refusedShareMax }, words: "refusals" },
    { kinds: ["deferred"], limits: deferralLimits, words: "put off" },
  ]);
}
