import type { ListVersion } from '../../accountability/lists/list-versions.ts';
import { isoTime } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';

/** A hot list as a unit says that it has it. */
export interface ReportedList {
  id: string;
  state: string;
  entries: number | null;
  ageS: number | null;
  /** SHA-256 of the file that it was imported from. */
  sha256: string | null;
  /** When its source made it, and since when it is in use on the unit; ISO times in UTC. */
  asOf: string | null;
  since: string | null;
  problem: string | null;
  /** When it said so, ms since the epoch, by headquarters' clock. */
  toldAtMs: number;
}

/** Which version of a hot list of headquarters a unit has. */
export interface UnitList {
  list: string;
  /**
   * `current`: the newest that went to the units; `behind`: an earlier one, or what the unit said is older than that the list was
   * taken back; `other`: one that is not from here; `none`: it has no
   * entries; `not-configured`: its configuration does not name the list; `withdrawn`: the list was taken back, and it has nothing of
   * it; `off`: a person there switched it off.
   */
  standing: 'current' | 'behind' | 'other' | 'none' | 'not-configured' | 'withdrawn' | 'off';
  /** The version that it has; null where that is none of headquarters'. */
  version: number | null;
  /** Since when it has it, ISO time in UTC. */
  since: string | null;
  entries: number | null;
  /** The newest that went to the units, and when. */
  newest: number;
  newestAt: string;
  /** What the unit says is wrong with the list. */
  problem: string | null;
}

/** So long a unit may take to fetch a version over a poor link before people are told, ms. */
const lagShownAfterMs = 15 * 60_000;

/** How a unit stands with each list that went to the units; `versionsOf`: newest first. */
export function unitListsOf(
  reported: readonly ReportedList[],
  lists: readonly string[],
  versionsOf: (list: string) => readonly ListVersion[],
): UnitList[] {
  return lists.flatMap((list) => {
    const versions = versionsOf(list).filter(({ publishedMs }) => publishedMs !== null);
    const [newest] = versions;
    if (newest === undefined || newest.publishedMs === null) return [];
    const told = reported.find(({ id }) => id === list);
    const held = versions.find(
      ({ sha256, asOfMs, withdrawn }) =>
        withdrawn === null && told?.sha256 === sha256 && told.asOf === isoTime(asOfMs),
    );
    return {
      list,
      standing: standingOf(told, held, newest),
      version: held?.number ?? null,
      since: told?.since ?? null,
      entries: told?.entries ?? null,
      newest: newest.number,
      newestAt: isoTime(newest.publishedMs),
      problem: told?.problem ?? null,
    };
  });
}

function standingOf(
  told: ReportedList | undefined,
  held: ListVersion | undefined,
  newest: ListVersion,
): UnitList['standing'] {
  if (told === undefined) return 'not-configured';
  const isFilled = told.sha256 !== null && told.entries !== 0;
  if (newest.withdrawn !== null) {
    // What it had nothing of when it said so it may have been given since.
    if (held !== undefined || told.toldAtMs < (newest.publishedMs ?? 0)) return 'behind';
    return isFilled ? 'other' : 'withdrawn';
  }
  // A list that was taken back is off, too, but has no file.
  if (told.state === 'off' && told.sha256 !== null) return 'off';
  if (held === undefined) return isFilled || newest.entries === 0 ? 'other' : 'none';
  // An earlier version that was put in force again is the same file.
  return held.sha256 === newest.sha256 && held.asOfMs === newest.asOfMs ? 'current' : 'behind';
}

/** What people must know of units that lag, in sentences; `isHeard`: the unit is on the air. */
export function lagProblems(
  unit: string,
  isHeard: boolean,
  lists: readonly UnitList[],
  nowMs: number,
): string[] {
  if (!isHeard) return [];
  return lists.flatMap(({ list, standing, version, newest, newestAt }) => {
    if (nowMs - Date.parse(newestAt) < lagShownAfterMs) return [];
    const since = `version ${newest} went to the units at ${localTime(newestAt)}`;
    if (standing === 'behind') {
      return [`unit ${unit}: has version ${version} of hot list ${list}; ${since}`];
    }
    return standing === 'none' ? [`unit ${unit}: has nothing of hot list ${list}; ${since}`] : [];
  });
}
