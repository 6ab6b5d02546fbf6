import { isListedAsRead } from '../../alerts/odds.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Hit } from '../../records/detection.ts';
import { createRecordReader } from '../../records/record-reader.ts';
import type { Role } from '../gate/permissions.ts';
import { localListId } from '../hotplates/hot-plate.ts';
import type { Audience, NewNotice } from '../notices/notice.ts';
import type { NoticeSource } from '../notices/notices.ts';
import { type Author, type Outcome, type Place, placeWords } from './step.ts';

/** Hits looked through at a time; the minute between two looks holds far fewer. */
const maxHits = 5000;

/**
 * Tells the member who entered a hot plate of each hit of it and of each disposition, and the roles that the policy names
 * beside them (VER-8).
 */
export function createHitNotices(deps: {
  db: Database;
  /** The account of the member who entered a hot plate; null if it is not known any more. */
  ownerOf: (entryId: string) => string | null;
  /** Told beside the entering member. */
  alsoTell: readonly Role[];
  /** At headquarters, where members who entered a vehicle log in, dispositions of the units are told as well. */
  place: Place['place'];
}): NoticeSource {
  const { db, place, ownerOf, alsoTell } = deps;
  const records = createRecordReader(db);
  const disposed = db.prepare<
    [number],
    { id: string; hitId: string; atMs: number; outcome: Outcome; by: string }
  >(
    `SELECT id, hit_id AS hitId, at_ms AS atMs, body ->> '$.outcome' AS outcome, body -> '$.by' AS by
     FROM verification_step WHERE kind = 'disposition' AND coalesce(taken_at_ms, recorded_at_ms) >= ?
     ORDER BY coalesce(taken_at_ms, recorded_at_ms), id`,
  );

  const audienceOf = (hit: Hit): Audience[] => {
    const account = ownerOf(hit.match.entry.id);
    return [
      ...(account === null ? [] : [{ account }]),
      ...alsoTell.map((role): Audience => ({ role })),
    ];
  };
  const toAll = (hit: Hit, notice: Omit<NewNotice, 'to' | 'about'>): NewNotice[] =>
    audienceOf(hit).map((to) => ({ ...notice, to, about: `hit ${hit.id}` }));

  const ofHit = (hit: Hit): NewNotice[] => {
    // Another sighting of an open alert is on its card; whoever entered the vehicle was told of the alert.
    if (hit.state === 'withdrawn' || hit.repeatOf !== undefined) return [];
    const { latitude, longitude } = hit.fix;
    const place =
      latitude === null || longitude === null
        ? 'at an unknown place'
        : `at ${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
    return toAll(hit, {
      key: `hit ${hit.id}`,
      kind: 'hit',
      text: `H${entryWords(hit).slice(1)} ${isListedAsRead(hit) ? 'was read' : 'may have been seen'} by ${hit.unit} at ${localTime(hit.raisedAt)} ${place}`,
      atMs: Date.parse(hit.raisedAt),
    });
  };

  return {
    name: 'hits',
    everyMs: 0,
    find(sinceMs, nowMs) {
      const hits = records
        .hitsChanged({ sinceMs, untilMs: nowMs + 1, list: localListId, limit: maxHits })
        .reverse();
      const closed = disposed
        .all(Math.floor(sinceMs))
        .flatMap(({ id, hitId, atMs, outcome, by }) => {
          const hit = records.hit(hitId);
          if (hit === undefined || hit.match.list.id !== localListId) return [];
          const author = JSON.parse(by) as Author;
          const from = 'place' in author ? author.place : undefined;
          if (from !== undefined && place === 'unit') return [];
          return toAll(hit, {
            key: `disposition ${id}`,
            kind: 'disposition',
            text: `The alert on ${entryWords(hit)} of ${localTime(hit.raisedAt)} was closed by ${authorWords(author)}: ${outcome.replaceAll('_', ' ')}`,
            atMs,
          });
        });
      return [...hits.flatMap(ofHit), ...closed];
    },
  };
}

function entryWords({ match }: Hit): string {
  const { category, caseNumber, id } = match.entry;
  const of = caseNumber === null ? '' : `, case ${caseNumber}`;
  return `hot plate ${id} (${category.replaceAll('_', ' ')}${of})`;
}

function authorWords(by: Author): string {
  if ('dispatch' in by) return 'dispatch';
  return by.place === undefined ? by.name : `${by.name}, ${placeWords(by.place)}`;
}
