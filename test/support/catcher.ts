/** A catcher with its pages, on free ports. */
import { serve, type ServerType } from "@hono/node-server";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Catcher, type CatcherOptions, startCatcher } from "../../src/adapters/catcher/catcher.ts";
import { createCatcherApp } from "../../src/preview/catcher-app.tsx";
import type { CatcherAppOptions } from "../../src/preview/catcher-options.ts";
import { openSmtpDialog } from "./smtp-dialog.ts";

export interface CatcherWithPages {
  readonly catcher: Catcher;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Hands one mail in by SMTP; answers its id. */
  catchMail(raw: string | Buffer, to?: readonly string[], from?: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startCatcherWithPages(
  options: Partial<CatcherOptions> = {},
  pages: Partial<CatcherAppOptions> = {},
): Promise<CatcherWithPages> {
  const catcher = await startCatcher({ host: "127.0.0.1", port: 0, ...options });
  const { store, faults, smtpUrl } = catcher;
  const app = createCatcherApp({ store, faults, smtpUrl, ...pages });
  const server: ServerType = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    catcher,
    url: `http://127.0.0.1:${port}`,
    async catchMail(raw, to = ["ada@example.org"], from = "news@example.com") {
      const dialog = await openSmtpDialog(catcher.port);
      const reply = (await dialog.mail(from, to, raw)).at(-1) ?? "";
      dialog.close();
      const id = /caught as (\S+)/.exec(reply)?.[1];
      if (id === undefined) throw new Error(`the mail was answered ${reply}`);
      return id;
    },
    async stop() {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await catcher.stop();
    },
  };
}

/** A mail of our own kind: text and HTML, a picture by cid, a file, the headers of a list. */
export function writeMail(options: { subject?: string; html?: string; text?: string; header?: string } = {}): string {
  const { subject = "Hello", html = "<p>Hello <b>there</b></p>", text = "Hello there", header = "" } = options;
  return [
    'From: "News, daily" <news@example.com>',
    "To: Ada <ada@example.org>",
    `Subject: ${subject}`,
    "Date: Tue, 01 Dec 2026 09:00:00 +0100",
    "Message-ID: <1.2@example.com>",
    ...(header === "" ? [] : [header]),
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="mixed"',
    "",
    "--mixed",
    'Content-Type: multipart/related; boundary="related"',
    "",
    "--related",
    'Content-Type: multipart/alternative; boundary="alternative"',
    "",
    "--alternative",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    text,
    "--alternative",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    html,
    "--alternative--",
    "--related",
    "Content-Type: image/png",
    "Content-Transfer-Encoding: base64",
    "Content-Disposition: inline",
    "Content-ID: <dot@example.com>",
    "",
    pixelPng,
    "--related--",
    "--mixed",
    'Content-Type: text/csv; name="figures.csv"',
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="figures.csv"',
    "",
    Buffer.from("a,b\r\n1,2\r\n").toString("base64"),
    "--mixed--",
    "",
  ].join("\r\n");
}

/** One red pixel. */
export const pixelPng =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
