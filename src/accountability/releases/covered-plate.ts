import { isWildcard, normaliseListedPlate } from '../../hotlist/plate-text.ts';
import { listedState, nameOfState } from '../../hotlist/state-code.ts';
import type { Detection } from '../../records/detection.ts';

// A plate that a request covers, as it is stored: `CA:7ABC123`, or `7ABC123` for that plate of any state.

/** The plate as it is stored, of what a person typed; `fault` says in words what is wrong with it. */
export function coveredPlate(text: string): { plate: string } | { fault: string } {
  const [, before, typed] = /^(?:([^:]*):)?(.*)$/s.exec(text.trim()) ?? [];
  const listed = normaliseListedPlate(typed ?? '');
  if ('unusable' in listed) return { fault: listed.unusable };
  if (isWildcard(listed.plate)) return { fault: 'is a part of a plate; name each plate whole' };
  if (before === undefined) return { plate: listed.plate };
  const state = listedState(before, 'postal');
  if (state === null) {
    return {
      fault: `"${before.trim()}" is no state; write a plate with its state like CA:7ABC123`,
    };
  }
  return { plate: `${state}:${listed.plate}` };
}

function parts(stored: string): { state: string | null; plate: string } {
  const [first = '', second] = stored.split(':');
  return second === undefined ? { state: null, plate: first } : { state: first, plate: second };
}

/**
 * Whether a read is of a plate that is covered. A plate with a state covers its reads of that state and those of which the
 * state could not be told, as of a third of them it cannot.
 */
export function isCovered(read: NonNullable<Detection['read']>, stored: string): boolean {
  const { state, plate } = parts(stored);
  const told = read.state?.code ?? null;
  return read.plate === plate && (state === null || told === null || told === state);
}

/** Whether one covered plate lies within another: the same, or that of one state within that of any. */
export function isWithinPlate(narrow: string, asked: string): boolean {
  return narrow === asked || parts(narrow).plate === asked;
}

/** `7ABC123 of California or an unread state`, `7ABC123 of any state` */
export function coveredPlateWords(stored: string): string {
  const { state, plate } = parts(stored);
  if (state === null) return `${plate} of any state`;
  return `${plate} of ${nameOfState(state) ?? state} or a state that was not read`;
}

/** `7ABC123 of California`, or `7ABC123` where the state was not read */
export function readPlateWords({ plate, state }: NonNullable<Detection['read']>): string {
  return state === null ? plate : `${plate} of ${nameOfState(state.code) ?? state.code}`;
}

/** What an approver should know of plates without a state; null if each has one. */
export function stateRemark(plates: readonly string[]): string | null {
  const bare = plates.filter((each) => parts(each).state === null).map((each) => parts(each).plate);
  if (bare.length === 0) return null;
  return (
    `${bare.join(', ')} ${bare.length === 1 ? 'is' : 'are'} named without a state, so vehicles of every state with ` +
    `${bare.length === 1 ? 'that plate' : 'those plates'} are covered; name the state to cover one: CA:${bare[0]}`
  );
}
