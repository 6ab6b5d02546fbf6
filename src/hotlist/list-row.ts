/** One row of a list file. */
export interface ListRow {
  /** Line of the file on which it starts, from 1. */
  row: number;
  /** Number of its lines: more than one if a quoted text contains line breaks. */
  lines: number;
  raw: string;
  /** The cells of a delimited row; a fixed-width row is one cell. */
  cells: string[];
  /** A fault of its format that was corrected; null if there was none. */
  repair: string | null;
  /** Why the meaning of its lines is unclear; null for most. */
  doubt: string | null;
}
