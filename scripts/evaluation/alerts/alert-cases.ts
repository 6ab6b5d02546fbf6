import { withOAs0 } from '../../../src/vision/reading/plate-read.ts';
import type { Fold } from '../folds.ts';
import { covers } from '../judge.ts';
import type { Measured } from '../measure.ts';
import { type CandidateRead, possibleTexts } from './alert-rules.ts';
import { type SerialMix, serialMixes } from './list-density.ts';

/** One vehicle whose plate is known, with what the reader made of it. */
export interface AlertCase {
  set: string;
  /** Of the United States, whose lists the defaults are for. */
  isUs: boolean;
  /** Its plate, O as 0: what the picture shows, where the label is known to be wrong. */
  plate: string;
  reads: CandidateRead[];
  mix: SerialMix;
}

/** Sets with texts that people wrote, and the country whose list is laid beside each. */
const countries: Readonly<Record<string, keyof typeof serialMixes>> = {
  'openimages-text framed': 'us',
  'nyc-reported framed': 'us',
  'openalpr-us-plates': 'us',
  'ucsd-calit2-ca': 'us',
  'openlpr-pk-crops framed': 'pk',
  'uk-academic': 'gb',
  'but-hdr-cz': 'cz',
  'openalpr-crops-br': 'br',
  'french-fr': 'fr',
};

/** Whether the table of alerts is made from a set. */
export const isAlertSet = (name: string): boolean => name in countries;

/** The folds that the table has: thresholds are chosen by the first, the second is reported. */
export const alertFolds = ['choose', 'report'] as const satisfies Fold[];

/** The vehicles of a set; those of the world but of the United States and Britain are left out: no list is theirs. */
export function alertCases({ yardstick, verdicts }: Measured): AlertCase[] {
  const ofSet = countries[yardstick.name];
  if (ofSet === undefined) return [];
  return verdicts.flatMap(({ found, plates }) =>
    plates.flatMap(({ label: { text, seen, box, tags } }) => {
      if (text === null || tags.from === 'elsewhere') return [];
      const country = tags.from === 'Britain' ? 'gb' : ofSet;
      const own = found.filter(({ read }) => yardstick.kind !== 'scenes' || covers(read.box, box));
      return [
        {
          set: yardstick.name,
          isUs: country === 'us',
          plate: withOAs0(seen ?? text),
          reads: own.map(({ read, unread }) => ({ ...read, unread })),
          mix: serialMixes[country],
        },
      ];
    }),
  );
}

/** What the reads say of each text that they hold as probable as `minP`, and whether it is the vehicle's. */
export function listedClaims(cases: readonly AlertCase[], minP: number) {
  return cases.flatMap(({ plate, reads }) =>
    reads.flatMap((read) =>
      [...possibleTexts(read)]
        .filter(([, p]) => p >= minP)
        .map(([text, p]) => ({ p, right: text === plate })),
    ),
  );
}
