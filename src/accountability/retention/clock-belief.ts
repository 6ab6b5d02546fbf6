import type { Config } from '../../config/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import { dayMs } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { SinceBoot } from '../../platform/since-boot.ts';

/** How far the clock is off by each source that tells the time: the source's time minus the clock's, ms; null: it says nothing. */
export interface ClockWitnesses {
  satellitesOffsetMs: number | null;
  headquartersOffsetMs: number | null;
}

/** State of the clock, for status and health. */
export interface ClockHealth extends ClockWitnesses {
  /** Whether data may be deleted, and accounts and entries ended, by this clock. */
  believed: boolean;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
}

/** Whether the clock is believed, and the time that is. */
export interface ClockBelief {
  /** Whether data may be deleted, and accounts and entries ended, by this clock. */
  believes(): boolean;
  /** Whether satellites or headquarters confirm the clock now, and none says otherwise. */
  isConfirmed(): boolean;
  /** The clock; while it is not believed, the time that it would be had it not been set. */
  now: Clock;
  /**
   * The clock for ages: while it is not believed, the time as by `now` if that is exact, and else the clock itself, so
   * that what may be too old does not alert.
   */
  forAges: Clock;
  /**
   * The time of day, as exactly as it is known: by satellites, else by headquarters, else counted since one of them told
   * it; where neither can ever tell it, the clock's, as far as it is believed. Null: it is not sure.
   */
  sure(): number | null;
  /** Writes down the time that is believed, for the next start and for other processes. */
  save(): void;
  /** A person who may change the databases says that the clock is right. */
  accept(): void;
  health(): ClockHealth;
}

/** How far a source may differ from the clock and still confirm it, and how far the clock may go another pace, ms. */
export const clockToleranceMs = 3_600_000;
/** How long a unit may have been switched off before its clock must be confirmed, ms. */
const offMs = { withWitnesses: dayMs, without: 7 * dayMs };

/** The time that was believed, and when that was since the start of the machine. */
interface Anchor {
  timeMs: number;
  bootId: string | null;
  sinceBootMs: number;
  /** Confirmed since the machine was started, so that from here on the time is known exactly. */
  settled: boolean;
}

/**
 * Judges the clock by what satellites and headquarters say and by the time that has passed since it was last right.
 * A source that says another time outweighs one that agrees. While none says anything, the clock is believed as long as it
 * goes no faster than time since the machine was started; after a start, only if the unit was not off for long.
 *
 * @param options.db keeps the time between runs, in the notes of retention.
 * @param options.hasWitnesses whether GPS or headquarters is configured; without either nothing can ever confirm the clock.
 * @param options.keeps whether this process writes the time down: the daemon.
 */
export function createClockBelief(options: {
  db: Database;
  clock: Clock;
  sinceBoot: SinceBoot;
  witnesses: () => ClockWitnesses;
  hasWitnesses: boolean;
  keeps: boolean;
}): ClockBelief {
  const { db, clock, sinceBoot, witnesses, hasWitnesses, keeps } = options;
  const { bootId } = sinceBoot;
  const notes = createAnchorNotes(db);
  let anchor = notes.read();
  /** By how much the anchor was off by the sources that confirmed it. */
  let anchorOffMs = 0;

  /** The time that it is by the anchor: exact in the same run of the machine, else the earliest that it can be. */
  const expectedMs = (from: Anchor): number =>
    from.timeMs + (isOfThisBoot(from) ? Math.max(0, sinceBoot.ms() - from.sinceBootMs) : 0);
  const isOfThisBoot = (from: Anchor): boolean => bootId !== null && from.bootId === bootId;
  const anchorAt = (timeMs: number, settled: boolean): Anchor => ({
    timeMs,
    bootId,
    sinceBootMs: sinceBoot.ms(),
    settled,
  });

  function judge() {
    const clockMs = clock();
    const said = witnesses();
    const verdict = verdictOf(said);
    // The clock at the first start is all there is to go by.
    anchor ??= anchorAt(clockMs, false);
    const expected = expectedMs(anchor);
    const aheadMs = clockMs - expected;
    if (verdict === 'confirmed') {
      anchor = anchorAt(clockMs, true);
      anchorOffMs = offsetOf(said) ?? 0;
      return { said, verdict, believed: true, aheadMs, now: clockMs, isExact: true };
    }
    const isExact = anchor.settled && isOfThisBoot(anchor);
    const longestOffMs = hasWitnesses ? offMs.withWitnesses : offMs.without;
    const believed = verdict === 'silent' && aheadMs <= (isExact ? clockToleranceMs : longestOffMs);
    // Where nothing will ever confirm the clock, it goes on from the first time that is not behind.
    if (believed && !isExact && !hasWitnesses && aheadMs >= -clockToleranceMs) {
      anchor = anchorAt(Math.max(clockMs, expected), true);
    } else if (!isOfThisBoot(anchor)) anchor = anchorAt(expected, false);
    const now = believed ? Math.max(clockMs, expected) : expected;
    return { said, verdict, believed, aheadMs, now, isExact };
  }

  return {
    believes: () => judge().believed,
    isConfirmed: () => judge().verdict === 'confirmed',
    now: () => judge().now,
    forAges() {
      const { believed, isExact, now } = judge();
      return believed || isExact ? now : clock();
    },
    sure() {
      const { said, verdict, believed, isExact } = judge();
      const told = toldMs(said, clock());
      if (told !== null) return told;
      // They contradict each other.
      if (verdict === 'contradicted') return null;
      if (!hasWitnesses) return believed ? clock() : null;
      return isExact && anchor !== null ? expectedMs(anchor) + anchorOffMs : null;
    },
    save() {
      if (!keeps) return;
      // Another process may have accepted the clock.
      anchor = notes.readChanged() ?? anchor;
      judge();
      if (anchor !== null) notes.write(anchorAt(expectedMs(anchor), anchor.settled));
    },
    accept() {
      anchor = anchorAt(clock(), true);
      notes.write(anchor);
    },
    health() {
      const { said, verdict, believed, aheadMs } = judge();
      return { ...said, believed, problem: problemOf(said, verdict, believed, aheadMs) };
    },
  };
}

/** The time that the sources tell; null if none tells it, or they do not agree. */
export function toldMs(said: ClockWitnesses, clockMs: number): number | null {
  const offsetMs = offsetOf(said);
  return offsetMs === null ? null : clockMs + offsetMs;
}

/** How far the clock is off by the sources, satellites before headquarters; null if none tells, or they do not agree. */
function offsetOf({ satellitesOffsetMs, headquartersOffsetMs }: ClockWitnesses): number | null {
  const offsetMs = satellitesOffsetMs ?? headquartersOffsetMs;
  if (offsetMs === null || !Number.isFinite(offsetMs)) return null;
  const apartMs = Math.abs(offsetMs - (headquartersOffsetMs ?? offsetMs));
  return apartMs <= clockToleranceMs ? offsetMs : null;
}

/** Whether satellites or headquarters can tell this unit the time. */
export function hasWitnesses({
  unit,
  uplink,
  position,
}: Pick<Config, 'unit' | 'uplink' | 'position'>): boolean {
  if (unit.mode === 'headquarters') return false;
  return uplink.enabled || ['serial', 'gpsd'].includes(position.source.kind);
}

type Verdict = 'confirmed' | 'contradicted' | 'silent';

/** What the sources together say about the clock. */
export function verdictOf({ satellitesOffsetMs, headquartersOffsetMs }: ClockWitnesses): Verdict {
  const said = [satellitesOffsetMs, headquartersOffsetMs].filter((each) => each !== null);
  if (said.some((offsetMs) => !(Math.abs(offsetMs) <= clockToleranceMs))) return 'contradicted';
  return said.length > 0 ? 'confirmed' : 'silent';
}

function problemOf(
  { satellitesOffsetMs, headquartersOffsetMs }: ClockWitnesses,
  verdict: Verdict,
  believed: boolean,
  aheadMs: number,
): string | null {
  const stays =
    'until they agree nothing is deleted, expired or deactivated for its age; set the clock right';
  if (verdict === 'contradicted') {
    const off = [
      offWords(headquartersOffsetMs, 'headquarters'),
      offWords(satellitesOffsetMs, 'satellites'),
    ].filter((each) => each !== null);
    const problem = `the clock is ${off.join(' and ')}; ${stays}`;
    return problem;
  }
  if (aheadMs < -clockToleranceMs) {
    const problem = `the clock is ${spanWords(-aheadMs)} behind the time that this unit has seen; set the clock right`;
    return problem;
  }
  if (believed) return null;
  const problem = `the clock is ${spanWords(aheadMs)} ahead of the time that has passed, and neither satellites nor headquarters confirm it; ${stays}`;
  return problem;
}

function offWords(offsetMs: number | null, source: string): string | null {
  if (offsetMs === null || Math.abs(offsetMs) <= clockToleranceMs) return null;
  return `${spanWords(Math.abs(offsetMs))} ${offsetMs < 0 ? 'ahead of' : 'behind'} ${source}`;
}

function spanWords(ms: number): string {
  return ms >= 2 * dayMs
    ? `${Math.round(ms / dayMs)} days`
    : `${(ms / 3_600_000).toFixed(1)} hours`;
}

/** The anchor in the notes of retention; versions before this one wrote the time alone, as `clockMs`. */
function createAnchorNotes(db: Database) {
  const noteOf = db
    .prepare<[string], string>('SELECT value FROM retention_note WHERE name = ?')
    .pluck();
  const setNote = db.prepare('INSERT OR REPLACE INTO retention_note (name, value) VALUES (?, ?)');
  let known = noteOf.get('clock');
  return {
    read(): Anchor | null {
      if (known !== undefined) return JSON.parse(known) as Anchor;
      const timeMs = Number(noteOf.get('clockMs') ?? Number.NaN);
      return Number.isNaN(timeMs) ? null : { timeMs, bootId: null, sinceBootMs: 0, settled: false };
    },
    /** The anchor if another process has written it since; else null. */
    readChanged(): Anchor | null {
      const stored = noteOf.get('clock');
      if (stored === undefined || stored === known) return null;
      known = stored;
      return JSON.parse(stored) as Anchor;
    },
    write(anchor: Anchor): void {
      known = JSON.stringify(anchor);
      setNote.run('clock', known);
    },
  };
}
