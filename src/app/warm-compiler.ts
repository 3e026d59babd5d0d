import { loadMjml } from "../digest/compile-mjml.ts";

/** Loads what compiling needs while our own files are still being read. A fault comes again where it is used. */
export function warmCompiler(): void {
  loadMjml().catch(() => undefined);
}
