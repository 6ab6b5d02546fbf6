import { createHash } from 'node:crypto';
import { namedPlate } from '../../alerts/odds.ts';
import type { HotEntry } from '../../hotlist/hit-match.ts';
import type { Hit } from '../../records/detection.ts';
import { canonicalJson } from '../audit/canonical-json.ts';

/** A hash of an entry's content; it differs after the entry was changed. */
export function entryHash(entry: HotEntry): string {
  return sha256(canonicalJson(entry));
}

/**
 * A hash of what an officer compares and asks about: the read and the entry, of a plate that is not read the entry alone.
 * `plate`: if not the one read last.
 */
export function aboutHit(hit: Hit, plate = namedPlate(hit)): string {
  return sha256(canonicalJson({ plate, entry: hit.match.entry }));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
