import type { Pool } from "pg";
import { createImportStore } from "../../src/adapters/postgres/import.ts";
import { importSubscribers, type ImportOptions, type ImportResult } from "../../src/audience/import-subscribers.ts";
import { createErasureKeys } from "../../src/domain/erased-address.ts";

export const erasureKeys = createErasureKeys(["the secret of a test database"]);

export interface CsvImport extends Partial<Omit<ImportOptions, "listId" | "writeRejects">> {
  readonly listId: number;
  readonly csv?: string;
}

/** Imports text as a file called people.csv. @returns the result, and the text of the rejects file */
export async function importCsv(
  pool: Pool,
  { csv, ...options }: CsvImport,
): Promise<ImportResult & { rejects: string }> {
  let rejects = "";
  const bytes = (async function* () {
    yield Buffer.from(csv ?? "");
  })();
  const result = await importSubscribers(createImportStore(pool), {
    file: "people.csv",
    bytes,
    consent: { source: "test" },
    erasureKeys,
    writeRejects: async (text) => {
      for await (const piece of text) rejects += piece;
    },
    ...options,
  });
  return { ...result, rejects };
}
