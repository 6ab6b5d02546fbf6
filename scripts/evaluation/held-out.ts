import { createHash } from 'node:crypto';

/** Takes the characters that look the same as one: O, Q and 0; I and 1 (`fold` of scripts/train/datasets.py). */
export function foldAlike(text: string): string {
  return text.replace(/[OQ]/g, '0').replaceAll('I', '1');
}

/** What makes a crop of us-state-crops: its file and the machine-read text, if any. */
export interface StateCrop {
  file: string;
  plates: { pseudo?: { text?: string | null } | null }[];
}

/** The machine-read text of a crop, capitals and digits only; empty where none was read. */
export function machineText({ plates }: StateCrop): string {
  return (plates[0]?.pseudo?.text ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/**
 * Whether training never sees a crop of us-state-crops: a tenth, by a hash of its text (else its file), so that
 * all crops of one car fall on the same side. The rule is that of scripts/train/datasets.py.
 */
export function isHeldOut(crop: StateCrop): boolean {
  const key = foldAlike(machineText(crop) || crop.file);
  const [first = 0] = createHash('sha256').update(key).digest();
  return first % 10 === 0;
}
