import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import metadata from '../package.json' with { type: 'json' };

/** Version of this program, as its package states it: the same for every release between two versions. */
export const version = metadata.version;

/** A release as `scripts/install` notes it in `release.json`. */
interface ReleaseNote {
  /** Name of its folder: the version, and the commit or a hash of what it was made from, `0.1.0-4fc91d2`. */
  name: string;
  /** When it was made on this unit, UTC. */
  madeAt: string;
}

const note = readNote();

/** Name of the release that runs; in a checkout the version. */
export const release = note?.name ?? version;

/** When this release was made on this unit, UTC; null in a checkout. */
export const releaseMadeAt = note?.madeAt ?? null;

/** The note beside an installed program; null in a checkout, and in a release of before there were notes. */
function readNote(): ReleaseNote | null {
  try {
    const text = readFileSync(join(import.meta.dirname, '../release.json'), 'utf8');
    return JSON.parse(text) as ReleaseNote;
  } catch {
    return null;
  }
}

/** "0.1.0-4fc91d2, made 2026-11-29 07:30 UTC" of an installed release; "0.1.0" of a checkout. */
export function releaseWords(name: string, madeAt: string | null | undefined): string {
  // A daemon of an earlier release does not tell when it was made.
  if (!madeAt) return name;
  return `${name}, made ${madeAt.slice(0, 16).replace('T', ' ')} UTC`;
}
