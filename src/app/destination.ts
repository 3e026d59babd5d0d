import { parseSmtpServers } from "../adapters/smtp/smtp-servers.ts";
import type { Config } from "./config.ts";

/** Where a send goes, in words that stand before every send. */
export interface Destination {
  /** Only this machine gets the mail: the local catcher, or a server on loopback. */
  readonly local: boolean;
  readonly words: string;
}

export function describeDestination(config: Config): Destination {
  if (!config.smtpUrl) {
    return {
      local: true,
      words: `the local catcher (127.0.0.1:${config.catcherSmtpPort}); nobody outside gets anything`,
    };
  }
  const servers = parseSmtpServers(config.smtpUrl);
  const words = servers
    .map((server) => `${server.server}${server.credentials ? ` as ${server.credentials.user}` : ""}`)
    .join(", ");
  return { local: servers.every((server) => isLoopback(server.host)), words };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
