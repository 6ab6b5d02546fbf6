import type { HotlistConfig } from '../../config/sections/hotlist.ts';
import type { HitMatch, MatchQuery, Trait } from '../../hotlist/hit-match.ts';
import {
  candidateKeys,
  type JudgedPlate,
  judgePartial,
  judgePlate,
  judgeStacked,
  judgeState,
  type Read,
  readOf,
  stackedReads,
  wildcardPattern,
} from '../../hotlist/judge-match.ts';
import { leastNearMinP, type NearMinP, nearMinPFor } from '../../hotlist/near-min-p.ts';
import { canonicalKey, isWildcard } from '../../hotlist/plate-text.ts';
import type { LocalEntries } from '../../hotlist/steady-match.ts';
import type { Clock } from '../../platform/clock.ts';
import { dayMs } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Policy } from '../policy/policy.ts';
import { createHotPlateRows } from './entry-rows.ts';
import { type HotPlate, type HotPlateContent, localListId, marksIntro } from './hot-plate.ts';
import { refreshByMs } from './refresh.ts';

/** Below the general lists' own rank, so that a vehicle on both alerts by the general list. */
const priority = 60;
/** A trait with a lower confidence is ignored. */
const traitMinP = 0.5;

interface Listed {
  entry: HotPlate;
  content: HotPlateContent;
  /** The alerts show the entry's age from this time. */
  asOfMs: number;
  /** When it stops matching: it expires, or was not confirmed in time. */
  expiresMs: number;
}

/**
 * Matches reads against the active hot plates, which are few and held in memory. At each read a counter in the database
 * shows whether any process has changed them. Expired entries no longer match.
 */
export function createHotPlateMatcher(deps: {
  db: Database;
  config: NearMinP & Pick<HotlistConfig, 'stateCertainAt'>;
  policy: Pick<Policy, 'hotplates' | 'hotlist'>;
  clock: Clock;
}): LocalEntries {
  const { config, policy, clock } = deps;
  const rows = createHotPlateRows(deps.db);
  const denied = new Set(policy.hotlist.deniedCategories);
  const oldAfterMs = policy.hotplates.remindAfterDays * dayMs;
  let revision = -1;
  let byKey = new Map<string, Listed[]>();
  let wildcards: { listed: Listed; pattern: RegExp }[] = [];
  let descriptions: Listed[] = [];

  function refresh(): void {
    const now = rows.revision();
    if (now === revision) return;
    revision = now;
    byKey = new Map();
    wildcards = [];
    descriptions = [];
    for (const entry of rows.ofState('active')) {
      const { content, standingSince, enteredAt } = entry;
      if (content === null || denied.has(content.category)) continue;
      const listed = {
        entry,
        content,
        asOfMs: Date.parse(standingSince ?? enteredAt),
        expiresMs: Math.min(
          content.expires === null ? Infinity : Date.parse(content.expires),
          refreshByMs(entry, policy),
        ),
      };
      if (content.plate === null) descriptions.push(listed);
      else if (isWildcard(content.plate)) {
        wildcards.push({ listed, pattern: wildcardPattern(content.plate) });
      } else {
        const key = canonicalKey(content.plate);
        byKey.set(key, [...(byKey.get(key) ?? []), listed]);
      }
    }
  }

  function matchOf(read: Read, listed: Listed, judged: JudgedPlate, nowMs: number): HitMatch {
    const ageMs = Math.max(0, nowMs - listed.asOfMs);
    return {
      ...judged,
      entry: hotEntryOf(listed),
      list: {
        id: localListId,
        name: 'Local hot plates',
        type: 'specific',
        priority,
        asOf: new Date(listed.asOfMs).toISOString(),
        ageS: ageMs / 1000,
        old: ageMs > oldAfterMs,
      },
      stateAgreement: judgeState(read, listed.content.issuer, config.stateCertainAt),
    };
  }

  return {
    match(query) {
      refresh();
      const read = readOf(query);
      if (read.plate === '' && read.possible.size === 0) return [];
      const nowMs = clock();
      const matches: HitMatch[] = [];
      const add = (listed: Listed, judged: JudgedPlate | null) => {
        if (judged !== null && listed.expiresMs > nowMs) {
          matches.push(matchOf(read, listed, judged, nowMs));
        }
      };
      const keys = candidateKeys(read, leastNearMinP(config, []));
      for (const listed of keys.flatMap((key) => byKey.get(key) ?? [])) {
        add(
          listed,
          judgePlate(read, listed.content.plate ?? '', {
            nearMinP: nearMinPFor(config, listed.content.category),
            oIsZero: false,
          }),
        );
      }
      const stacked = stackedReads(read, config.stateCertainAt);
      for (const key of stacked.keys()) {
        for (const listed of byKey.get(key) ?? []) {
          const { plate, issuer: state } = listed.content;
          add(
            listed,
            judgeStacked(read, stacked, { plate: plate ?? '', state }, config.stateCertainAt),
          );
        }
      }
      for (const { listed, pattern } of wildcards) {
        add(listed, judgePartial(read, pattern, nearMinPFor(config, listed.content.category)));
      }
      for (const listed of descriptions) {
        if (fitsDescription(listed.content, query)) {
          add(listed, { tier: 'partial', differences: [] });
        }
      }
      return matches;
    },
  };
}

/** Whether a model saw every trait that the entry describes. A trait that no model reports does not match. */
function fitsDescription({ vehicle, issuer }: HotPlateContent, query: MatchQuery): boolean {
  const seen = query.vehicle;
  if (seen === undefined) return false;
  if (issuer !== null && query.state !== null && query.state.code !== issuer) return false;
  const fits = (listed: string | null, trait: Trait | null) =>
    listed === null ||
    (trait !== null && trait.p >= traitMinP && trait.value.toLowerCase() === listed.toLowerCase());
  const marks = seen.identifiers.map((mark) => mark.toLowerCase());
  return (
    fits(vehicle.make, seen.make) &&
    fits(vehicle.model, seen.model) &&
    fits(vehicle.colour, seen.colour) &&
    fits(vehicle.body, seen.body) &&
    vehicle.identifiers.every((mark) => marks.includes(mark.toLowerCase()))
  );
}

function hotEntryOf({ entry, content }: Listed): HitMatch['entry'] {
  const { plate, issuer, category, reason, synopsis, caseNumber, vehicle, expires } = content;
  const { make, model, colour, year, body, identifiers } = vehicle;
  const marks = [body, ...identifiers].filter((each) => each !== null);
  const words = [reason, synopsis, marks.length === 0 ? null : `${marksIntro}${marks.join(', ')}`];
  return {
    id: entry.id,
    // An entry by description matches any plate.
    plate: plate ?? '*',
    state: issuer,
    plateType: null,
    category,
    reason: words.filter((each) => each !== null).join('. ') || category.replaceAll('_', ' '),
    make,
    model,
    colour,
    year,
    caseNumber,
    enteredBy: entry.enteredBy.name,
    approvedBy: entry.approvedBy?.name ?? null,
    entryDate: entry.enteredAt,
    expires,
  };
}
