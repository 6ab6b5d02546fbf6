import type { HotEntry } from './hit-match.ts';

/** Options of an import. */
export interface ImportRequest {
  listId: string;
  file: string;
  /**
   * When the source made the list, RFC 3339 with zone; the list's age counts from here (HOT-4).
   * `file-time` takes the file's modification time, which a copy renews although the data is not newer.
   * Without it the import is refused: a list of unknown age cannot be kept to its age limit.
   */
  asOf?: string;
  /** Refuse the file unless its SHA-256 is this. */
  sha256?: string;
  /** Number of rows that the source states; 0 confirms that the list is empty. */
  entries?: number;
  /** Read, check and count only. */
  dryRun?: boolean;
  /** CSV of the rows that could not be used. */
  rejectsFile?: string;
  /** Who supplies the file: a person's name, `headquarters`; for the list's status. */
  by?: string;
  /** `entries`: a file that headquarters made of its own list (`entries-file.ts`); the list's layout is for its source's files. */
  form?: 'entries';
  /** Import although the list shrank, has many unusable rows, was cut short, or is older than the one in use. */
  force?: boolean;
}

/** Rows that failed for one reason. */
export interface RejectCount {
  column: string | null;
  reason: string;
  rows: number;
  /** The first of them. */
  firstRow: number;
}

/** Rows with the same repair. */
export interface RepairCount {
  column: string | null;
  seen: string;
  done: string;
  rows: number;
  /** The first of them. */
  firstRow: number;
}

/** Counts made while a file is read. */
export interface ImportCounts {
  /** Rows of the file, the header not counted. */
  records: number;
  /** Entries in the list, those with wildcards among them. */
  entries: number;
  wildcards: number;
  /** Lines that could not be used. */
  rejected: number;
  rejects: RejectCount[];
  /** Repairs and omissions in rows that were imported. */
  repairs: RepairCount[];
  /** Header and trailer lines, which are not vehicles. */
  marks: { row: number; kind: 'leading' | 'trailing'; count: number | null }[];
  /** Rows left out because they name no plate, where the layout says that the list has such rows. */
  withoutPlate: number;
  /** Rows left out because the policy forbids their category, by category (REL-4). */
  denied: Record<string, number>;
  /** Rows whose text contained a name, an address or CLETS data, which was removed (HOT-9). */
  textLeftOut: number;
  /** The same if the policy only warns: the text is kept. */
  textKept: number;
  /** Rows left out because the entry itself has expired. */
  expired: number;
  /** Rows left out because a later row has the same plate and entry id. */
  duplicates: number;
  /** Extra alerts that near matching by one confusable character may raise per 1000 vehicles that are on no list. */
  nearPer1000: number;
}

/** The result of an import or a dry run. Contains no plate except in `samples`. */
export interface ImportResult extends ImportCounts {
  listId: string;
  dryRun: boolean;
  asOf: string;
  sha256: string;
  bytes: number;
  /** Entries of the list that this one replaces. */
  previousEntries: number | null;
  /** Remarks that do not stop the import. */
  warnings: string[];
  /** Why the import is refused; only a dry run returns this, an import throws it. */
  refusal: string | null;
  /** First entries, on a dry run. */
  samples: HotEntry[];
  ms: number;
}
