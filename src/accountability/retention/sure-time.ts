import SQLite from 'better-sqlite3';
import type { Config } from '../../config/schema.ts';
import { systemClock } from '../../platform/clock.ts';
import { sinceBoot } from '../../platform/since-boot.ts';
import { type ClockWitnesses, createClockBelief, hasWitnesses, toldMs } from './clock-belief.ts';

/**
 * The time of day as `ClockBelief.sure` has it, for a command while no daemon runs. `path`: the unit's `lookout.db`, opened
 * read-only; without it only the witnesses tell the time, or the clock where there is none.
 */
export function sureTimeOnce(
  config: Pick<Config, 'unit' | 'uplink' | 'position'>,
  { path, witnesses }: { path: string; witnesses: ClockWitnesses },
): number | null {
  const clock = systemClock;
  try {
    const db = new SQLite(path, { readonly: true, fileMustExist: true });
    try {
      return createClockBelief({
        ...{ db, clock, sinceBoot, keeps: false },
        witnesses: () => witnesses,
        hasWitnesses: hasWitnesses(config),
      }).sure();
    } finally {
      db.close();
    }
  } catch {
    return toldMs(witnesses, clock()) ?? (hasWitnesses(config) ? null : clock());
  }
}
