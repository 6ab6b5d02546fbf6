import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { HotEntry } from '../hotlist/hit-match.ts';
import type { Hit } from '../records/detection.ts';

/** The content of an entry; another one means that somebody changed it. */
export function entryHash(entry: HotEntry): string {
  return sha256(canonicalJson(entry));
}

/** What an officer compares with the vehicle: the read and the entry. */
export function aboutHit({ read, match }: Hit): string {
  return sha256(canonicalJson({ plate: read.plate, entry: match.entry }));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
