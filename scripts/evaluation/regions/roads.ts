import type { Region } from '../../../src/vision/reading/region-formats.ts';
import type { PlateVerdict } from '../judge.ts';
import type { Measured } from '../measure.ts';
import type { Tags } from '../yardsticks.ts';

/** Plates of a set as a unit meets them whose `reading.regions` names some regions. */
export interface Road {
  set: string;
  /** Of a set of the world: the plates from there alone. */
  from?: NonNullable<Tags['from']>;
  regions: readonly Region[];
}

/** What is measured: each set with its own region, New York with two, and plates of other countries than named. */
export const roads: readonly Road[] = [
  { set: 'openimages-text framed', from: 'the United States', regions: ['us'] },
  { set: 'nyc-reported framed', regions: ['us'] },
  { set: 'nyc-reported framed', regions: ['us-ny'] },
  { set: 'openalpr-us-plates', regions: ['us'] },
  { set: 'us-state-crops held out', regions: ['us'] },
  { set: 'ucsd-calit2-ca', regions: ['us-ca'] },
  { set: 'openimages-text framed', from: 'Britain', regions: ['gb'] },
  { set: 'uk-academic', regions: ['gb'] },
  { set: 'but-hdr-cz', regions: ['cz'] },
  { set: 'openalpr-crops-br', regions: ['br'] },
  { set: 'french-fr', regions: ['fr'] },
  { set: 'openlpr-pk-crops framed', regions: ['pk'] },
  { set: 'openimages-text framed', from: 'elsewhere', regions: ['us'] },
  { set: 'openimages-text framed', from: 'elsewhere', regions: ['gb'] },
];

export const titleOf = ({ set, from }: Road): string =>
  from === undefined ? set : `${set}, ${from}`;

/** The pictures of a set that show plates of a road, with those plates alone. */
export function onRoad({ yardstick, verdicts }: Measured, { from }: Road): Measured {
  const isOn = ({ label }: PlateVerdict) =>
    label.text !== null && (from === undefined || label.tags.from === from);
  return {
    yardstick,
    verdicts: verdicts
      .map((verdict) => ({ ...verdict, plates: verdict.plates.filter(isOn) }))
      .filter(({ plates }) => plates.length > 0),
  };
}
