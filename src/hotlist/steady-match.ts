import { readAgain } from '../platform/guarded-database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { HitMatch, MatchQuery } from './hit-match.ts';
import { bestFirst, readOf } from './judge-match.ts';
import type { Matcher } from './matcher.ts';

/** Entries of another room that alert like those of a list: the hot plates. */
export interface LocalEntries {
  /** Uses the current state; fast, and never waits for another process. */
  match(query: MatchQuery): HitMatch[];
}

/** Matching that never throws: damage or a disk that does not answer must not keep the daemon from its other work. */
export interface SteadyMatch {
  /** What a read matches on the lists and among the local entries, best first. */
  match(query: MatchQuery): HitMatch[];
  /** Why the last read could not be matched against the lists; null if it could. */
  readonly fault: string | null;
}

/** Lists and local entries do not stop each other's matching. */
export function createSteadyMatch(deps: {
  matcher: Matcher;
  local: LocalEntries | undefined;
  log: Log;
}): SteadyMatch {
  const { matcher, local, log } = deps;
  let fault: string | null = null;

  function matchLists(query: MatchQuery): HitMatch[] {
    try {
      const matches = readAgain(() => matcher.match(query));
      fault = null;
      return matches;
    } catch (error) {
      fault = `GONE, it does not alert: the lists cannot be matched: ${messageOf(error)}`;
      log.error({ problem: messageOf(error) }, 'a read could not be matched against the hot lists');
      return [];
    }
  }

  function matchLocal(query: MatchQuery): HitMatch[] {
    if (local === undefined) return [];
    try {
      return readAgain(() => local.match(query));
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the local hot plates could not be matched');
      return [];
    }
  }

  return {
    match(query) {
      const matches = matchLists(query);
      const own = matchLocal(query);
      return own.length === 0 ? matches : bestFirst([...matches, ...own], readOf(query));
    },
    get fault() {
      return fault;
    },
  };
}
