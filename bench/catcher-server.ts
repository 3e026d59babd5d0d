/** The process that bench/catcher.ts measures: a catcher that tells its state when asked, and four times a second. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { startCatcher } from "../src/adapters/catcher/catcher.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as { onDisk?: string; pages?: boolean; keptMax: number };
const onDisk = options.onDisk === undefined ? {} : { onDisk: options.onDisk };
const catcher = await startCatcher({ host: "127.0.0.1", port: 0, limits: { mailsMax: options.keptMax }, ...onDisk });
const { store, smtpUrl } = catcher;
let web = 0;
if (options.pages) {
  const { serve: serveHttp } = await import("@hono/node-server");
  const { createCatcherApp } = await import("../src/preview/catcher-app.tsx");
  const pages = serveHttp({ fetch: createCatcherApp({ store, smtpUrl }).fetch, port: 0, hostname: "127.0.0.1" });
  await once(pages, "listening");
  web = (pages.address() as AddressInfo).port;
}
const before = process.cpuUsage();
const state = () => {
  const { user, system } = process.cpuUsage(before);
  const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
  return { taken: store.counts().taken, rssMb, cpuMicroseconds: user + system };
};
process.on("message", () => process.send?.(state()));
process.on("disconnect", () => process.exit());
setInterval(() => process.send?.(state()), 250).unref();
process.send?.({ port: catcher.port, web });
