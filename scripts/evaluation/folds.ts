import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';

/** What a picture of a set is for: to train on, to choose between models by, or to be reported and nothing else. */
export type Fold = 'train' | 'choose' | 'report';

/** Of 256 parts of a set that may be trained on so many are, and so many choose; the rest is reported. */
const trainParts = 154;
const chooseParts = 38;

/** What crops of one photo, or pictures of one plate, share: the file's name up to its last `_`. */
function pictureName(file: string): string {
  const name = basename(file, extname(file));
  const end = name.lastIndexOf('_');
  return end < 0 ? name : name.slice(0, end);
}

const partOf = (file: string): number =>
  createHash('sha256').update(pictureName(file)).digest().readUInt8(0);

/**
 * The fold of a picture of a set that models are trained on; models/training/folds.py has the same rule, so that none
 * is trained on what is reported.
 */
export function foldOf(file: string): Fold {
  const part = partOf(file);
  if (part < trainParts) return 'train';
  return part < trainParts + chooseParts ? 'choose' : 'report';
}

/** The fold of a picture of a set that only measures: half and half. */
export function measuringFoldOf(file: string): Fold {
  return partOf(file) < 128 ? 'choose' : 'report';
}
