import { judgeConfusable, readOf } from '../../../src/hotlist/judge-match.ts';
import { confusablesOf } from '../../../src/hotlist/plate-text.ts';
import { type PlateRead, withOAs0 } from '../../../src/vision/reading/plate-read.ts';

/** A read with whether it counts as read. */
export type CandidateRead = Pick<
  PlateRead,
  'plate' | 'confidence' | 'characters' | 'alternatives' | 'state'
> & { unread: unknown };

/** The entries' texts, O as 0, that a read alerts on, with the probability stated of each. */
export type AlertRule = (read: CandidateRead) => Map<string, number>;

/** Probability of each text that the reader holds possible, O as 0. */
export function possibleTexts({
  plate,
  confidence,
  alternatives,
}: CandidateRead): Map<string, number> {
  const texts = new Map<string, number>();
  for (const { plate: text, p } of [{ plate, p: confidence }, ...alternatives]) {
    if (text === '') continue;
    const folded = withOAs0(text);
    texts.set(folded, Math.min(1, (texts.get(folded) ?? 0) + p));
  }
  return texts;
}

/** The least probability of the one confusable character: `hotlist.nearMinP` as it is unless configured. */
const confusableMinP = 0.02;

/**
 * The rule of one confusable character: the text that counts as read, and texts that one character parts from it which
 * the reader itself holds possible. Small stacked characters are left out here and below: the rule for them is its own.
 */
export const oneConfusable: AlertRule = (read) => {
  const texts = new Map<string, number>();
  if (read.unread !== null || read.plate === '') return texts;
  const possible = possibleTexts(read);
  const query = readOf(read);
  const note = (text: string) => texts.set(withOAs0(text), possible.get(withOAs0(text)) ?? 0);
  note(read.plate);
  [...query.plate].forEach((char, at) => {
    for (const other of confusablesOf(char)) {
      const listed = query.plate.slice(0, at) + other + query.plate.slice(at + 1);
      if (judgeConfusable(query, listed, confusableMinP) !== null) note(listed);
    }
  });
  return texts;
};

/** Every text that the reader holds as probable as this, whether or not one counts as read. */
export const candidatesFrom =
  (minP: number): AlertRule =>
  (read) =>
    new Map([...possibleTexts(read)].filter(([, p]) => p >= minP));

/** What the daemon does: both together. */
export const inForce =
  (minP: number): AlertRule =>
  (read) =>
    new Map([...oneConfusable(read), ...candidatesFrom(minP)(read)]);
