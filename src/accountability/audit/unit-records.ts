import type { AuditFilter } from './audit-filter.ts';
import type { AuditRecord } from './audit-record.ts';
import type { DeedKind } from './deed-kinds.ts';

/** Where a page of records of many units ends; the next one goes on behind it. */
export type RecordPlace = Pick<AuditRecord, 'at' | 'unit' | 'seq' | 'hash'>;

/** How far the log of a unit has come at headquarters. */
export interface UnitLogState {
  unit: string;
  /** Records of it that are here. */
  records: number;
  /** Time of the oldest one, and number, time and hash of the newest one. */
  first: string;
  seq: number;
  last: string;
  hash: string;
  /** How many numbers between its first and its newest record are not here. */
  missing: number;
  /** Up to which number headquarters' own log vouches for it; 0 for none. */
  anchoredSeq: number;
  /** When records that do not fit each other came last; null if they never did. */
  contradictedAt: string | null;
}

/** What was found of the log of one unit when each of its records was checked. */
export interface CheckedUnitLog extends UnitLogState {
  /** Whether every record is unchanged and fits its neighbours and the anchors. Missing ones may still be on their way. */
  sound: boolean;
  /** In sentences, the first few. */
  findings: string[];
}

/** A record of headquarters' own log that says how far the log of a unit had come. */
export interface UnitAnchor {
  unit: string;
  seq: number;
  hash: string;
}

/** Selects records of the units; `unit`: those of one alone. */
export type UnitRecordFilter = AuditFilter & { unit?: string | undefined };

/** What headquarters' own log says of the logs of units. */
export interface UnitClaims {
  /** How far each had come, at any time. */
  anchors: readonly UnitAnchor[];
  /** Up to which record each was removed by decision. */
  purged: readonly UnitAnchor[];
}

/** What may be removed of the log of a unit, or was removed of it before: its records up to `seq`. */
export interface UnitPurge extends UnitAnchor {
  /** How many of them are still here. */
  records: number;
}

/** The audit records of all units, at headquarters, as they sent them. */
export interface UnitRecords {
  /** The newest that fit, newest first. */
  newest(
    filter: UnitRecordFilter,
    page: { limit: number; before: RecordPlace | null },
  ): Promise<AuditRecord[]>;
  /** The oldest that fit, oldest first. */
  oldest(
    filter: UnitRecordFilter,
    page: { limit: number; after: RecordPlace | null },
  ): Promise<AuditRecord[]>;
  /** How many of each kind fit. */
  count(filter: UnitRecordFilter): Promise<Record<DeedKind, number>>;
  /** Everybody whom a record names, each with the name that the newest gives. */
  people(): Promise<{ username: string; name: string }[]>;
  /** Every record that names one of these ids as its object or in its query, oldest first. */
  about(ids: readonly string[]): Promise<AuditRecord[]>;
  states(): Promise<UnitLogState[]>;
  /** Checks every record of every unit; takes a minute for millions. */
  check(claims: UnitClaims): Promise<CheckedUnitLog[]>;
  /**
   * Of each unit the records from its first on that are of before this time, up to the first that is not; or what was removed
   * of it before, where nothing more is due.
   */
  purgeable(before: string): Promise<UnitPurge[]>;
  /** Removes them; what a power cut leaves goes with the next call. */
  purge(purges: readonly UnitPurge[], before: string): Promise<void>;
}
