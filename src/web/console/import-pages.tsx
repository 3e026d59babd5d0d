import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { Readable } from "node:stream";
import { findImportRun, listImportRuns } from "../../adapters/postgres/import-runs.ts";
import { findList } from "../../adapters/postgres/lists.ts";
import { chooseColumns, previewImport, rejectsOf, startImport, takeUpload } from "../../app/import-runs.ts";
import { InputError } from "../../lib/errors.ts";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { columnField, renderImport, renderImports } from "./import-view.tsx";
import { readNumber } from "./read-number.ts";
import type { ClosedRoute } from "./routes.ts";

const runsShown = 20;

type ImportRoute = "imports" | "uploadImport" | "importRun" | "startImport" | "importRejects";

export const importHandlers: Record<Extract<ClosedRoute, ImportRoute>, ConsoleHandler> = {
  imports: async (request) => renderImports(request, await listImportRuns(request.pool, runsShown)),
  async uploadImport({ c, pool, config, form, session, upload }) {
    if (!upload) throw new InputError({ code: "bad-upload", message: "Choose a file first." });
    const { id: listId } = await findList(pool, form.get("list") ?? "");
    const id = await takeUpload(pool, config, { ...upload, listId, madeBy: session.user.id });
    return c.redirect(`/console/imports/${id}`, 303);
  },
  importRun: (request) => renderRun(request),
  async startImport(request) {
    const { c, pool, config, log, form, session, stopping } = request;
    const id = readNumber(c.req.param("id"));
    const { columns } = await previewImport(config, await findImportRun(pool, id));
    try {
      await startImport(pool, config, log, id, {
        actor: `user:${session.user.id}`,
        columns: chooseColumns(
          columns,
          columns.map((_, index) => form.get(columnField(index)) ?? ""),
        ),
        source: form.get("source") ?? "",
        signal: stopping,
      });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderRun(request, error.message);
    }
    return c.redirect(`/console/imports/${id}`, 303);
  },
  async importRejects({ c, pool, config }) {
    const { id } = await findImportRun(pool, readNumber(c.req.param("id")));
    const path = rejectsOf(config, id);
    await access(path).catch(() => {
      throw new InputError({ code: "unknown-import", message: "There is no such file on this machine." });
    });
    const body = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
    return c.body(body, 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="import-${id}-rejects.csv"`,
    });
  },
};

async function renderRun(request: ConsoleRequest, problem?: string): Promise<Response> {
  const { c, pool, config, form } = request;
  const run = await findImportRun(pool, readNumber(c.req.param("id")));
  if (run.state !== "uploaded") return renderImport(request, run, null, problem);
  try {
    return await renderImport(request, run, { ...(await previewImport(config, run)), form }, problem);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return renderImport(request, run, null, problem ?? error.message);
  }
}
