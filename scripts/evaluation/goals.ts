import type { Measured } from './measure.ts';
import { percentWithInterval, type Share, shareOf } from './statistics.ts';
import type { Tags, Yardstick } from './yardsticks.ts';

/** A figure that the models are held to. */
interface Goal {
  /** Which sets it is measured on. */
  on(yardstick: Yardstick): boolean;
  set: string;
  figure: string;
  /** In per cent (a count where `is` says so): what must be reached, and what is aimed at. */
  floor: number;
  goal: number;
  /** `least`: more is better; `most` and `count`: fewer is better. */
  is: 'least' | 'most' | 'count';
  of(measured: readonly Measured[]): Share;
}

/** A goal with what was measured. */
export interface Outcome {
  set: string;
  figure: string;
  value: string;
  floor: string;
  goal: string;
  meets: 'goal' | 'floor' | 'neither';
}

/** Plates whose text is known. */
export const texts = (measured: readonly Measured[]) =>
  measured.flatMap(({ verdicts }) =>
    verdicts.flatMap(({ plates }) => plates.filter(({ label }) => label.text !== null)),
  );

/** Labelled texts that some read of their picture equals, O as 0. */
export const exactFolded = (measured: readonly Measured[]) =>
  shareOf(texts(measured), ({ folded }) => folded);

/** Reads that count as given and are wrong; in sets without unlabelled plates any read elsewhere is wrong too. */
export function wrongOfGiven(
  measured: readonly Measured[],
  against: 'given' | 'givenSeen' = 'given',
): Share {
  let k = 0;
  let n = 0;
  for (const { yardstick, verdicts } of measured) {
    const falseReads = verdicts.reduce((sum, verdict) => sum + verdict.falseReads, 0);
    const plates = verdicts.flatMap((verdict) => verdict.plates);
    const stray = yardstick.complete ? falseReads : 0;
    k += plates.filter((plate) => plate[against] === 'wrong').length + stray;
    n += plates.filter(({ given }) => given !== null).length + stray;
  }
  return { k, n };
}

/** Issuing states that were reported and are right. */
export function statesRight(measured: readonly Measured[]): Share {
  const plates = measured.flatMap(({ verdicts }) => verdicts.flatMap((each) => each.plates));
  return shareOf(
    plates.filter(({ state }) => state !== null),
    ({ state }) => state === 'right',
  );
}

const isReal = ({ rendered, machineTexts, inverted, loose }: Yardstick) =>
  !rendered && !machineTexts && !inverted && !loose;
const named =
  (set: string) =>
  ({ name }: Yardstick) =>
    name === set;

const exactly = (set: string, figure: string, floor: number, goal: number): Goal => ({
  on: named(set),
  set,
  figure,
  floor,
  goal,
  is: 'least',
  of: exactFolded,
});

/** Crops drawn at night as an infra-red camera sees them, with characters as large as on a US plate so wide. */
const infraredAtNight =
  (minSize: number, isCounted: (tags: Tags) => boolean, is: 'exact' | 'folded' = 'exact') =>
  (measured: readonly Measured[]): Share =>
    shareOf(
      texts(measured).filter(({ label: { tags } }) => {
        const night = tags.condition === 'darkness' || tags.condition === 'oncoming headlights';
        return tags.look === 'ir' && night && (tags.size ?? 0) >= minSize && isCounted(tags);
      }),
      (plate) => plate[is],
    );
const isLegible = ({ legible }: Tags): boolean => legible === true;

const foundPlates = (measured: readonly Measured[]): Share =>
  shareOf(
    measured.flatMap(({ verdicts }) => verdicts.flatMap(({ plates }) => plates)),
    ({ found }) => found,
  );

const falseReads = (measured: readonly Measured[]): Share => {
  const verdicts = measured.flatMap((each) => each.verdicts);
  return { k: verdicts.reduce((sum, each) => sum + each.falseReads, 0), n: verdicts.length };
};

const wrong = { figure: 'wrong among reads given, %', floor: 3, goal: 1, is: 'most' } as const;
const goals: readonly Goal[] = [
  exactly('openimages-text framed', 'found and exact, O=0, %', 88, 95),
  exactly('openimages-text as cut', 'crops exact, O=0, %', 88, 95),
  exactly('nyc-reported framed', 'found and exact, O=0, %', 90, 95),
  exactly('nyc-reported as cut', 'crops exact, O=0, %', 90, 95),
  exactly('openalpr-us-plates', 'crops exact, O=0, %', 97, 98.5),
  exactly('ucsd-calit2-ca', 'end to end exact, O=0, %', 90, 98),
  exactly('french-fr', 'end to end exact, O=0, %', 92, 96),
  exactly('but-hdr-cz', 'crops exact, O=0, %', 85, 98),
  exactly('openalpr-crops-br', 'crops exact, O=0, %', 88, 95),
  {
    on: named('cars433-kaggle'),
    set: 'cars433-kaggle',
    figure: 'found at IoU 0.5, %',
    floor: 92,
    goal: 97,
    is: 'least',
    of: foundPlates,
  },
  {
    on: named('openalpr-negatives'),
    set: 'openalpr-negatives',
    figure: 'false reads',
    floor: 1,
    goal: 0,
    is: 'count',
    of: falseReads,
  },
  {
    on: named('us-state-crops held out'),
    set: 'us-state-crops held out',
    figure: 'state right when told, %',
    floor: 80,
    goal: 95,
    is: 'least',
    of: statesRight,
  },
  {
    on: named('rendered conditions'),
    set: 'rendered infra-red at night',
    figure: 'exact, legible from 60 px, %',
    floor: 90,
    goal: 98,
    is: 'least',
    of: infraredAtNight(60, isLegible),
  },
  {
    on: named('rendered conditions'),
    set: 'rendered infra-red at night',
    figure: 'exact, O=0, legible from 60 px, %',
    floor: 90,
    goal: 98,
    is: 'least',
    of: infraredAtNight(60, isLegible, 'folded'),
  },
  {
    on: named('rendered conditions'),
    set: 'rendered infra-red at night',
    figure: 'exact, all from 40 px, %',
    floor: 90,
    goal: 98,
    is: 'least',
    of: infraredAtNight(40, () => true),
  },
  {
    on: isReal,
    set: 'all real sets',
    ...wrong,
    of: (measured) => wrongOfGiven(measured),
  },
  {
    on: isReal,
    set: 'all real sets, wrong labels corrected',
    ...wrong,
    of: (measured) => wrongOfGiven(measured, 'givenSeen'),
  },
  {
    on: ({ rendered }) => rendered,
    set: 'all rendered sets',
    ...wrong,
    of: (measured) => wrongOfGiven(measured),
  },
];

/** Every goal that something was measured for. */
export function outcomes(measured: readonly Measured[]): Outcome[] {
  return goals.flatMap(({ on, set, figure, floor, goal, is, of }) => {
    const share = of(measured.filter(({ yardstick }) => on(yardstick)));
    if (share.n === 0) return [];
    const value = is === 'count' ? share.k : (100 * share.k) / share.n;
    const reaches = (mark: number) => (is === 'least' ? value >= mark : value <= mark);
    const sign = is === 'least' ? '≥' : '≤';
    return [
      {
        set,
        figure,
        value: is === 'count' ? `${share.k} in ${share.n}` : percentWithInterval(share),
        floor: `${sign} ${floor}`,
        goal: `${sign} ${goal}`,
        meets: reaches(goal) ? 'goal' : reaches(floor) ? 'floor' : 'neither',
      },
    ];
  });
}
