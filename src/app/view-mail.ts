import type { Pool } from "pg";
import { loadDigest } from "../adapters/postgres/ledger/digests.ts";
import { findViewedDelivery } from "../adapters/postgres/ledger/viewed-delivery.ts";
import { personalise } from "../digest/personalise.ts";
import type { Digest } from "../domain/digest.ts";
import type { TokenPayload } from "../domain/token.ts";
import { InputError } from "../lib/errors.ts";
import type { Config } from "./config.ts";
import { createDigestCache } from "./digest-cache.ts";
import { createMailSettings } from "./mail-settings.ts";
import { readParts } from "./render-issue.ts";
import { loadTokenKeys } from "./secret.ts";

/** Mails as their readers see them in a browser, and the calendar files that they link. */
export interface MailViews {
  /** The HTML of the very mail that the token came in; `null` where it was never sent or its reader was erased. */
  view(payload: TokenPayload): Promise<string | null>;
  /** One event of an edition as iCalendar (RFC 5545); `null` where there is none. */
  calendar(digestId: string, event: number): Promise<string | null>;
}

export function createMailViews(pool: Pool, config: Config): MailViews {
  const load = createDigestCache((id) => loadDigest(pool, id));
  const settingsOf = createMailSettings(config, loadTokenKeys(config), "mta");
  const find = async (id: string, variant?: string): Promise<Digest | null> => {
    try {
      return await load(id, variant);
    } catch (error) {
      if (error instanceof InputError) return null;
      throw error;
    }
  };
  return {
    async view({ delivery, list }) {
      if (!delivery) return null;
      const viewed = await findViewedDelivery(pool, delivery);
      const digest = viewed && (await find(viewed.digestId, viewed.frozen.variant));
      if (!viewed || !digest) return null;
      // The head's signature is of no use to a browser; the body is the same with and without.
      const frozen = { ...viewed.frozen, selectors: "" };
      const identity = { kind: "delivery", id: delivery } as const;
      const message = personalise(digest, { identity, list, frozen }, settingsOf(digest.sender.fromAddress), []);
      return (await readParts(message)).html;
    },
    async calendar(digestId, event) {
      return (await find(digestId))?.events[event]?.calendar ?? null;
    },
  };
}
