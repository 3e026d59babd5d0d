import type { MailSettings } from "../digest/mail-settings.ts";
import type { TokenKeys } from "../domain/token-keys.ts";
import type { TransportProfile } from "../domain/transport.ts";
import type { Config } from "./config.ts";

/**
 * The settings of mails by their From domain. Kept, since what is prepared for a digest is kept with its settings.
 */
export function createMailSettings(
  config: Pick<Config, "publicUrl" | "returnPathDomain" | "unsubscribeMailbox">,
  tokens: TokenKeys,
  profile: TransportProfile,
): (fromAddress: string) => MailSettings {
  const byDomain = new Map<string, MailSettings>();
  return (fromAddress) => {
    const fromDomain = fromAddress.slice(fromAddress.lastIndexOf("@") + 1);
    let settings = byDomain.get(fromDomain);
    if (!settings) {
      const envelopeDomain = config.returnPathDomain ?? fromDomain;
      settings = {
        publicUrl: config.publicUrl,
        envelopeDomain,
        mailtoUnsubscribe: config.unsubscribeMailbox ?? `leave@${envelopeDomain}`,
        tokens,
        profile,
      };
      byDomain.set(fromDomain, settings);
    }
    return settings;
  };
}
