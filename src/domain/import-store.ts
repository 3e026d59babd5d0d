/**
 * Where an import puts its rows: first into a stage, a bounded amount at a time, then all at once into the audience. What
 * the stage holds is nobody's business but its own; until `merge` has answered, nothing has changed.
 */
export interface ImportStore {
  /** Opens a stage. When `signal` is aborted the stage's calls fail with its reason, at once. */
  begin(signal?: AbortSignal): Promise<ImportStage>;
}

export interface ImportStage {
  /** Somebody was erased: rows must carry the keys by which an erased address is recognised. */
  readonly needsErasedKeys: boolean;
  /** Resolves when there is room for more. */
  add(rows: readonly StagedRow[]): Promise<void>;
  /**
   * Brings what was staged into the audience in one transaction. Before it commits, `takeRefused` is given every row that
   * was refused in whole or in part, in the file's order, and finishes with them; when it fails, nothing has changed.
   */
  merge(
    options: MergeOptions,
    takeRefused: (batches: AsyncIterable<readonly RefusedRow[]>) => Promise<void>,
  ): Promise<MergeCounts>;
  /** Lets go of the stage; a second call does nothing. */
  close(): Promise<void>;
}

/** One record of the file. */
export interface StagedRow {
  /** Where the record begins, from 1. */
  readonly line: number;
  /** As it stands in the file, without its line end. */
  readonly original: string;
  /** What is taken of it; null where it can't be. */
  readonly person: ImportedPerson | null;
  /** Why it can't be, or which of its values was left out; null when all is well. */
  readonly problem: string | null;
}

export interface ImportedPerson {
  readonly key: string;
  readonly address: string;
  readonly domain: string;
  /** `null`: the file doesn't say, so what is known stays. The same for zone and topics. */
  readonly lang: string | null;
  readonly zone: string | null;
  readonly topics: readonly string[] | null;
  /** Empty cells are absent: they say nothing. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The address as a tombstone would name it, by every key that was ever in use; empty unless the stage needs them. */
  readonly erasedKeys: readonly string[];
}

export interface MergeOptions {
  readonly listId: number;
  /** The proof of consent that each new subscription keeps. */
  readonly consent: Readonly<Record<string, string>>;
}

/**
 * `invalid`: the row can't be used. `duplicate`: the same person stands further down, and that row was taken.
 * `suppressed`, `erased`, `unsubscribed`: an import brings nobody back. The others were taken, but for a value that can't be
 * used (`value`), or without confirming for them (`pending`).
 */
export const refusalCauses = [
  "invalid",
  "duplicate",
  "suppressed",
  "erased",
  "unsubscribed",
  "value",
  "pending",
] as const;
export type RefusalCause = (typeof refusalCauses)[number];

export interface RefusedRow {
  readonly line: number;
  readonly original: string;
  readonly cause: RefusalCause;
  /** The problem of the row; the line that was taken; the reason and day of suppression; the day of leaving. */
  readonly detail: string;
}

/** accepted + updated + unchanged + the first five causes = rows. */
export interface MergeCounts {
  readonly rows: number;
  /** New on this list. */
  readonly accepted: number;
  /** On it already, and something about them changed. */
  readonly updated: number;
  readonly unchanged: number;
  readonly causes: Readonly<Record<RefusalCause, number>>;
}
