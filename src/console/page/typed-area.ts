import type { Area } from '../../config/area.ts';

/** A circle as a person types it: its centre as `38.1041, -122.2566`, and its radius in metres. */
export interface TypedCircle {
  centre: string;
  radiusM: string;
}

/** The circle; undefined if no centre was typed; a sentence on what is wrong with it otherwise. */
export function circleOf({ centre, radiusM }: TypedCircle): Area | undefined | string {
  if (centre.trim() === '') return undefined;
  const numbers = centre.split(/[\s,;]+/).filter((part) => part !== '');
  const [latitude = Number.NaN, longitude = Number.NaN] = numbers.map(Number);
  if (numbers.length !== 2 || !Number.isFinite(latitude) || !Number.isFinite(longitude)) {
    return 'The centre is a latitude and a longitude in degrees, like 38.1041, -122.2566.';
  }
  const radius = Number(radiusM);
  if (radiusM.trim() === '' || !Number.isFinite(radius)) return 'Give the radius in metres.';
  return { kind: 'circle', latitude, longitude, radiusM: radius };
}

/** A place as `circleOf` reads it. */
export const centreText = (latitude: number, longitude: number): string =>
  `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
