import { isoTime } from '../platform/clock.ts';
import type { SetAside } from '../platform/damaged-database.ts';
import { localTime } from '../platform/local-time.ts';
import type { ListStatus } from './hit-match.ts';
import type { ListRemoval } from './list-removals.ts';
import type { HotList } from './list-rules.ts';
import type { ListSwitch } from './list-switches.ts';
import type { Generation, ListRefusal } from './tables.ts';

const hourMs = 3_600_000;
const clockToleranceMs = 5 * 60_000;

/** The age of a list, counted from when its source made it (HOT-4), and its consequences. */
export interface ListAge {
  ageS: number;
  /** Older than `warnAgeH` or stale by the policy, or dated in the future, which makes its age unknown. */
  old: boolean;
  /** As old as `maxAgeH` or older: it may not alert or be kept. */
  expired: boolean;
  /** Dated after this unit's clock. */
  fromFuture: boolean;
}

/** Judges the age of a list whose source made it at `asOfMs`. */
export function listAge(
  list: Pick<HotList, 'warnAgeH' | 'staleAgeH' | 'maxAgeH'>,
  asOfMs: number,
  nowMs: number,
): ListAge {
  const ageMs = nowMs - asOfMs;
  const fromFuture = ageMs < -clockToleranceMs;
  return {
    ageS: Math.max(0, ageMs / 1000),
    old: fromFuture || ageMs > Math.min(list.warnAgeH, list.staleAgeH) * hourMs,
    expired: ageMs >= list.maxAgeH * hourMs,
    fromFuture,
  };
}

/** What the database says of one list. */
export interface ListFacts {
  generation: Generation | undefined;
  choice: ListSwitch | undefined;
  removal: ListRemoval | undefined;
  refusal: ListRefusal | undefined;
  /** A damaged database that was set aside. */
  lost: SetAside | null;
}

/** The state of one configured list. */
export function listStatus(
  list: HotList,
  { generation, choice, removal, refusal, lost }: ListFacts,
  nowMs: number,
): ListStatus {
  const { id, name, source, type, priority } = list;
  const enabled = choice?.enabled ?? list.enabled;
  const chosen = choice === undefined ? null : { by: choice.by, at: isoTime(choice.atMs) };
  const facts = { id, name, source, type, priority, enabled, chosen };
  if (generation === undefined) {
    const isTakenBack = removal?.from === 'headquarters';
    const isBefore = (refusal?.atMs ?? 0) < (removal?.atMs ?? 0);
    const refused = isBefore ? null : refusedWords(refusal);
    return {
      ...facts,
      version: null,
      importedBy: null,
      entries: 0,
      asOf: null,
      importedAt: null,
      ageS: null,
      state: enabled && !isTakenBack ? 'empty' : 'off',
      removed:
        removal === undefined
          ? null
          : { by: removal.by, at: isoTime(removal.atMs), from: removal.from },
      problem: !enabled
        ? null
        : isTakenBack
          ? refused
          : (refused ?? removedWords(removal, id) ?? lostWords(lost, id) ?? neverWords(id)),
    };
  }
  const age = listAge(list, generation.asOfMs, nowMs);
  const expired = age.expired || generation.state === 'expired';
  const state = !enabled ? 'off' : expired ? 'expired' : age.old ? 'old' : 'current';
  return {
    ...facts,
    version: generation.sha256,
    importedBy: generation.importedBy,
    entries: expired ? 0 : generation.entries,
    asOf: isoTime(generation.asOfMs),
    importedAt: isoTime(generation.importedAtMs),
    ageS: age.ageS,
    state,
    removed: null,
    problem: allProblems(
      problemOf(list, state, age, generation.state === 'expired'),
      enabled ? refusedWords(refusal) : null,
    ),
  };
}

function allProblems(...problems: (string | null)[]): string | null {
  return problems.filter((each) => each !== null).join('; ') || null;
}

/** The command, with the time at which the list's source made the file. */
const importWords = (id: string): string => `lookout hotlist import ${id} FILE --as-of TIME`;

function lostWords(lost: SetAside | null, id: string): string | null {
  if (lost === null) return null;
  return (
    `GONE, it does not alert: ${lost.database} was damaged and set aside at ${localTime(lost.at)} as ${lost.file}; ` +
    `headquarters is asked for its lists again, any other must be imported: ${importWords(id)}`
  );
}

const neverWords = (id: string): string => `never imported: ${importWords(id)}`;

function removedWords(removal: ListRemoval | undefined, id: string): string | null {
  if (removal === undefined) return null;
  const by = removal.by ?? 'somebody';
  return `deleted by ${by}, ${localTime(removal.atMs)}: import a newer file, ${importWords(id)}`;
}

/** The file itself is not named: it was in a folder of the unit, or a person's. */
function refusedWords(refusal: ListRefusal | undefined): string | null {
  if (refusal === undefined) return null;
  const reason = refusal.reason.replace(/^\S*: /, '');
  return `the newest file was refused at ${localTime(refusal.atMs)}: ${reason}`;
}

function problemOf(
  list: HotList,
  state: ListStatus['state'],
  age: ListAge,
  isDeleted: boolean,
): string | null {
  if (state === 'expired') {
    const fate = isDeleted ? 'is deleted' : 'is deleted unless the clock is wrong';
    return `not refreshed for ${list.maxAgeH} h: it does not alert and its data ${fate}; import a newer file`;
  }
  if (state !== 'old') return null;
  if (age.fromFuture) return "dated in the future by this unit's clock; check the clock";
  return age.ageS > list.staleAgeH * 3600
    ? `stale: not refreshed for ${list.staleAgeH} h; its alerts are marked; import a newer file`
    : `older than ${list.warnAgeH} h; import a newer file`;
}
