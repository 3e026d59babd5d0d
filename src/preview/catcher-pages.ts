import { resolveTxt } from "node:dns/promises";
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import type { Catcher } from "../adapters/catcher/catcher.ts";
import type { Config } from "../app/config.ts";
import { verifySignatures } from "../digest/dkim-verify.ts";
import { messageOf, UnavailableError } from "../lib/errors.ts";
import { createCatcherApp } from "./catcher-app.tsx";

export interface CatcherPages {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the catcher's inbox and API. Errors: `UnavailableError` `catcher-web-port` when it can't listen. */
export async function startCatcherPages(catcher: Catcher, config: Config): Promise<CatcherPages> {
  const publicOrigin = new URL(config.publicUrl).origin;
  const app = createCatcherApp({
    store: catcher.store,
    smtpUrl: catcher.smtpUrl,
    hosts: [new URL(config.publicUrl).hostname, config.host],
    ownOrigins: [publicOrigin],
    pictureSources: [`${config.publicUrl}/assets/`],
    faults: catcher.faults,
    verifyDkim: async (raw) =>
      (await verifySignatures(raw, lookupTxt)).map((verdict) => ({ ...verdict, reason: verdict.reason ?? "" })),
  });
  const server = await new Promise<Server>((resolve, reject) => {
    const started = serve({ fetch: app.fetch, hostname: config.host, port: config.catcherWebPort }, () =>
      resolve(started),
    ) as Server;
    started.once("error", (error) =>
      reject(
        new UnavailableError(
          "catcher-web-port",
          `The inbox can't listen on ${config.host}:${config.catcherWebPort} (CATCHER_WEB_PORT): ${messageOf(error)}`,
          { cause: error },
        ),
      ),
    );
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : config.catcherWebPort;
  let stopping: Promise<void> | null = null;
  return {
    url: `http://localhost:${port}`,
    stop: () =>
      (stopping ??= new Promise((resolve) => {
        server.close(() => resolve());
        // Pages that follow new mail keep their connection open.
        server.closeAllConnections();
      })),
  };
}

/** A name's TXT records, the strings of each joined; none where the name does not exist. */
async function lookupTxt(name: string): Promise<readonly string[]> {
  try {
    return (await resolveTxt(name)).map((strings) => strings.join(""));
  } catch (error) {
    if (["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
