import type { ListConfig } from '../platform/config/sections/hotlist.ts';
import type { ListStatus } from './hit-match.ts';
import type { Generation } from './store.ts';

const hourMs = 3_600_000;
const clockToleranceMs = 5 * 60_000;

/** How old a list is, counted from when its source made it (HOT-4), and what that means. */
export interface ListAge {
  ageS: number;
  /** Older than `warnAgeH`, or dated in the future, which makes its age unknown. */
  old: boolean;
  /** As old as `maxAgeH` or older: may not alert or be kept. */
  expired: boolean;
  /** Dated after this unit's clock. */
  fromFuture: boolean;
}

/** Judges the age of a list whose source made it at `asOfMs`. */
export function listAge(
  list: Pick<ListConfig, 'warnAgeH' | 'maxAgeH'>,
  asOfMs: number,
  nowMs: number,
): ListAge {
  const ageMs = nowMs - asOfMs;
  const fromFuture = ageMs < -clockToleranceMs;
  return {
    ageS: Math.max(0, ageMs / 1000),
    old: fromFuture || ageMs > list.warnAgeH * hourMs,
    expired: ageMs >= list.maxAgeH * hourMs,
    fromFuture,
  };
}

/** The state of one configured list. */
export function listStatus(
  list: ListConfig,
  generation: Generation | undefined,
  nowMs: number,
): ListStatus {
  const { id, name, enabled } = list;
  if (generation === undefined) {
    return {
      ...{ id, name, enabled, entries: 0, asOf: null, importedAt: null, ageS: null },
      state: enabled ? 'empty' : 'off',
      problem: enabled ? `never imported: lookout hotlist import ${id} FILE` : null,
    };
  }
  const age = listAge(list, generation.asOfMs, nowMs);
  const expired = age.expired || generation.state === 'expired';
  const state = !enabled ? 'off' : expired ? 'expired' : age.old ? 'old' : 'current';
  return {
    ...{ id, name, enabled },
    entries: expired ? 0 : generation.entries,
    asOf: new Date(generation.asOfMs).toISOString(),
    importedAt: new Date(generation.importedAtMs).toISOString(),
    ageS: age.ageS,
    state,
    problem: problemOf(list, state, age),
  };
}

function problemOf(list: ListConfig, state: ListStatus['state'], age: ListAge): string | null {
  if (state === 'expired') {
    return `not refreshed for ${list.maxAgeH} h: it does not alert and its data is deleted; import a newer file`;
  }
  if (state !== 'old') return null;
  return age.fromFuture
    ? "dated after this unit's clock; check the clock"
    : `older than ${list.warnAgeH} h; import a newer file`;
}
