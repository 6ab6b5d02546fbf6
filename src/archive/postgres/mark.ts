import { Problem } from '../../platform/problem.ts';
import type { Followed } from '../changes.ts';
import type { Ask } from './connect.ts';

interface Mark {
  source: string;
  copied: number;
}

const emptyIt =
  'have it emptied (psql: DROP SCHEMA lookout CASCADE), and headquarters fills it again';

/** Whose archive this is, and up to which change it has all; null if it is new. */
export async function readMark(ask: Ask): Promise<Mark | null> {
  const [mark] = await ask<Mark>('SELECT source, copied FROM archive_mark');
  return mark ?? null;
}

/** Throws a Problem if this archive is not what this database has sent; says whether it is a new one. */
export function checkMark(mark: Mark | null, followed: Followed, place: string): 'new' | 'known' {
  if (mark === null) return 'new';
  if (mark.source !== followed.source) {
    throw new Problem(`the archive at ${place} is of another database of headquarters; ${emptyIt}`);
  }
  // Between the commit there and the note of it here a process may have ended.
  if (mark.copied !== followed.copied && mark.copied !== followed.sending) {
    throw new Problem(
      `the archive at ${place} and headquarters' database are of two moments, as one of them was restored; ${emptyIt}`,
    );
  }
  return 'known';
}

/** Marks a new archive as that of this database. */
export async function setMark(ask: Ask, { source, copied }: Mark): Promise<void> {
  await ask('INSERT INTO archive_mark (source, copied) VALUES ($1, $2)', [source, copied]);
}

/** Notes up to which change the archive has all, in the transaction that brings them. Throws a Problem if another has written since. */
export async function moveMark(ask: Ask, from: Mark, copied: number, place: string): Promise<void> {
  const moved = await ask(
    'UPDATE archive_mark SET copied = $1 WHERE source = $2 AND copied = $3 RETURNING copied',
    [copied, from.source, from.copied],
  );
  if (moved.length === 0) {
    throw new Problem(
      `the archive at ${place} was changed by another program; stop that, and restart headquarters`,
    );
  }
}
