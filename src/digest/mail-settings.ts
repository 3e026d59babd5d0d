import type { TokenKeys } from "../domain/token-keys.ts";
import type { TransportProfile } from "../domain/transport.ts";

/** What a deployment adds to every mail, whatever its list. Make it once: what is prepared for it is kept with it. */
export interface MailSettings {
  /** Where the public pages are, without a slash at the end; the one-click field is written only when it is https. */
  readonly publicUrl: string;
  /** The return path's domain, whose mail comes back to us. */
  readonly envelopeDomain: string;
  /** Where mail that asks to leave goes; `null` where nobody reads any. */
  readonly mailtoUnsubscribe: string | null;
  readonly tokens: TokenKeys;
  readonly profile: TransportProfile;
}
