import type { HotEntry } from './hit-match.ts';

/** What is asked of an import. */
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
  /** Rows that its source says the file has; 0 vouches for an empty list. */
  entries?: number;
  /** Read, check and count only. */
  dryRun?: boolean;
  /** CSV of the rows that could not be used. */
  rejectsFile?: string;
  /** Who gives the file: a person's name, `headquarters`; for the list's status. */
  by?: string;
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

/** Rows in which the same thing was put right or left out. */
export interface RepairCount {
  column: string | null;
  seen: string;
  done: string;
  rows: number;
  /** The first of them. */
  firstRow: number;
}

/** What is counted while a file is read. */
export interface ImportCounts {
  /** Rows of the file, the header not counted. */
  records: number;
  /** Entries in the list, those with wildcards among them. */
  entries: number;
  wildcards: number;
  /** Lines that could not be used. */
  rejected: number;
  rejects: RejectCount[];
  /** What was put right or left out in rows that were taken. */
  repairs: RepairCount[];
  /** Header and trailer lines, which are no vehicles. */
  marks: { row: number; kind: 'leading' | 'trailing'; count: number | null }[];
  /** Rows left out because they name no plate, where the layout says that the list has such rows. */
  withoutPlate: number;
  /** Rows left out because the policy forbids their category, by category (REL-4). */
  denied: Record<string, number>;
  /** Rows whose text named a person, an address or CLETS data, and was left out (HOT-9). */
  textLeftOut: number;
  /** The same where the policy only warns: the text stays. */
  textKept: number;
  /** Rows left out because the entry's own expiry has passed. */
  expired: number;
  /** Rows left out because a later row has the same plate and entry id. */
  duplicates: number;
  /** Extra alerts that near matching may raise in 1000 vehicles that are on no list. */
  nearPer1000: number;
}

/** What an import did, or would do. Holds no plate except in `samples`. */
export interface ImportResult extends ImportCounts {
  listId: string;
  dryRun: boolean;
  asOf: string;
  sha256: string;
  bytes: number;
  /** Entries of the list that this one replaces. */
  previousEntries: number | null;
  /** Things to look at that do not stop the import. */
  warnings: string[];
  /** Why the import is refused; only a dry run returns this, an import throws it. */
  refusal: string | null;
  /** First entries, on a dry run. */
  samples: HotEntry[];
  ms: number;
}
