import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import type { Pool } from "../adapters/postgres/connect.ts";
import type { Config } from "../app/config.ts";
import type { Logger } from "../app/log.ts";
import { messageOf, UnavailableError } from "../lib/errors.ts";
import { createWebApp } from "./web-app.ts";

export interface WebServer {
  /** Where it listens on this machine; readers come through PUBLIC_URL. */
  readonly url: string;
  /** Takes no new request and lets those under way finish. A second call gets the same promise. */
  stop(): Promise<void>;
}

/** No page takes longer; a client that sends its request more slowly is cut off. */
const requestMsMax = 30_000;

/** Errors: `UnavailableError` `web-port` when it can't listen. */
export async function startWebServer(config: Config, pool: Pool, log: Logger): Promise<WebServer> {
  const controller = new AbortController();
  const app = createWebApp({ config, pool, log, stopping: controller.signal });
  const server = await new Promise<Server>((resolve, reject) => {
    const started = serve({ fetch: app.fetch, hostname: config.host, port: config.webPort }, () =>
      resolve(started),
    ) as Server;
    started.once("error", (error) =>
      reject(
        new UnavailableError(
          "web-port",
          `The web pages can't listen on ${config.host}:${config.webPort} (WEB_PORT): ${messageOf(error)}`,
          {
            cause: error,
          },
        ),
      ),
    );
  });
  server.requestTimeout = requestMsMax;
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : config.webPort;
  let stopping: Promise<void> | null = null;
  return {
    url: `http://localhost:${port}`,
    stop: () =>
      (stopping ??= new Promise((resolve) => {
        controller.abort(new Error("the web server stops"));
        server.close(() => resolve());
        server.closeIdleConnections();
        // A page that is kept open, such as one that follows a send, would hold us for ever.
        server.closeAllConnections();
      })),
  };
}
