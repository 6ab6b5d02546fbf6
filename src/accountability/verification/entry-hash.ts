import { createHash } from 'node:crypto';
import type { HotEntry } from '../../hotlist/hit-match.ts';
import type { Hit } from '../../records/detection.ts';
import { canonicalJson } from '../audit/canonical-json.ts';

/** The content of an entry; another one means that somebody changed it. */
export function entryHash(entry: HotEntry): string {
  return sha256(canonicalJson(entry));
}

/** What is compared with the vehicle and asked about: the read and the entry. `plate`: another than was read last. */
export function aboutHit({ read, match }: Hit, plate = read.plate): string {
  return sha256(canonicalJson({ plate, entry: match.entry }));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
