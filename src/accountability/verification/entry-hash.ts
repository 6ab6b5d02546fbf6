import { createHash } from 'node:crypto';
import type { HotEntry } from '../../hotlist/hit-match.ts';
import type { Hit } from '../../records/detection.ts';
import { canonicalJson } from '../audit/canonical-json.ts';

/** A hash of an entry's content; it differs after the entry was changed. */
export function entryHash(entry: HotEntry): string {
  return sha256(canonicalJson(entry));
}

/** A hash of what an officer compares and asks about: the read and the entry. `plate`: if not the one read last. */
export function aboutHit({ read, match }: Hit, plate = read.plate): string {
  return sha256(canonicalJson({ plate, entry: match.entry }));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
