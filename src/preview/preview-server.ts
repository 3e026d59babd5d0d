import type { Server } from "node:http";
import { resolve } from "node:path";
import { serve } from "@hono/node-server";
import type { Catcher } from "../adapters/catcher/catcher.ts";
import { createPictureReader } from "../app/compile-issue.ts";
import { listIssueFiles, namedIssueFile, type IssueFile } from "../app/issue-files.ts";
import { startLivePreview, type LivePreviewOptions } from "../app/live-preview.ts";
import { systemClock } from "../lib/clock.ts";
import { messageOf, UnavailableError } from "../lib/errors.ts";
import { createPreviewApp } from "./preview-app.tsx";

export interface PreviewServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface PreviewServerOptions extends Pick<
  LivePreviewOptions,
  "config" | "issuesRoot" | "templatesRoot" | "openPool" | "smtpUrl"
> {
  /** The issue shown first. */
  readonly issueFile?: string;
  readonly list?: string;
  readonly port: number;
  /** In the same process; `null` where another one catches. */
  readonly catcher: Catcher | null;
  readonly inboxUrl: string;
}

/** Serves the preview. Errors: `UnavailableError` `preview-port` when it can't listen. */
export async function startPreviewServer(options: PreviewServerOptions): Promise<PreviewServer> {
  const { config, catcher } = options;
  const first = options.issueFile === undefined ? null : await nameFile(options.issueFile, options);
  const preview = await startLivePreview({
    ...options,
    folders: first ? [resolve(first.file, "..")] : [],
  });
  const app = createPreviewApp({
    preview,
    first,
    templatesRoot: options.templatesRoot,
    readPicture: createPictureReader(config),
    inboxUrl: options.inboxUrl,
    hosts: [config.host],
    clock: systemClock,
    async findCaught(messageId) {
      const bare = messageId.replace(/^<|>$/g, "");
      const mail = catcher?.store.list().find((caught) => caught.messageId === bare);
      if (mail) return `${options.inboxUrl}/mail/${mail.id}`;
      return null;
    },
  });
  const server = await new Promise<Server>((started, failed) => {
    const listening = serve({ fetch: app.fetch, hostname: config.host, port: options.port }, () =>
      started(listening),
    ) as Server;
    listening.once("error", (error) => {
      preview.stop();
      failed(
        new UnavailableError(
          "preview-port",
          `The preview can't listen on ${config.host}:${options.port} (--port): ${messageOf(error)}`,
          { cause: error },
        ),
      );
    });
  });
  // Loading MJML takes most of a second: it is done before the first page is asked for.
  void preview.files().then((files) => {
    const file = first ?? files[0];
    if (file) return preview.show(file.file, nobody);
    return undefined;
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  let stopping: Promise<void> | null = null;
  return {
    url: `http://localhost:${port}`,
    stop: () =>
      (stopping ??= new Promise((done) => {
        preview.stop();
        server.close(() => done());
        // Pages that follow changes keep their connection open.
        server.closeAllConnections();
      })),
  };
}

const nobody = { address: "", values: {}, lang: "", zone: "", variant: "" };

/** A file of the issues' folder keeps its short name. */
async function nameFile(
  file: string,
  { issuesRoot, templatesRoot }: Pick<PreviewServerOptions, "issuesRoot" | "templatesRoot">,
): Promise<IssueFile> {
  const named = namedIssueFile(file);
  return (await listIssueFiles(issuesRoot, templatesRoot)).find((known) => known.file === named.file) ?? named;
}
