import type { Area } from '../../config/area.ts';
import type { Place } from './places-on-earth.ts';

/** A circle as a person types it: its centre as `38.1041, -122.2566`, and its radius in metres. */
export interface TypedCircle {
  centre: string;
  radiusM: string;
}

/** An area as a person types or draws it; what was typed for one kind stays while another is tried. */
export interface TypedArea extends TypedCircle {
  kind: Area['kind'];
  /** Two corners of a box. */
  southWest: string;
  northEast: string;
  /** Corners of a polygon, one a line. */
  corners: string;
}

export const newTypedArea = (radiusM: string): TypedArea => ({
  ...{ kind: 'circle', centre: '', radiusM, southWest: '', northEast: '', corners: '' },
});

const placeHint = 'a latitude and a longitude in degrees, like 38.1041, -122.2566';

/** The circle; undefined if no centre was typed; a sentence on what is wrong with it otherwise. */
export function circleOf({ centre, radiusM }: TypedCircle): Area | undefined | string {
  if (centre.trim() === '') return undefined;
  const place = placeOf(centre);
  if (place === null) return `The centre is ${placeHint}.`;
  const radius = Number(radiusM);
  if (radiusM.trim() === '' || !Number.isFinite(radius)) return 'Give the radius in metres.';
  return { kind: 'circle', ...place, radiusM: radius };
}

/** The area; undefined if none was typed; a sentence on what is wrong with it otherwise. */
export function areaOf(typed: TypedArea): Area | undefined | string {
  if (typed.kind === 'circle') return circleOf(typed);
  if (typed.kind === 'box') return boxOf(typed);
  const lines = typed.corners.split(/[\n;]/).filter((line) => line.trim() !== '');
  if (lines.length === 0) return undefined;
  const points = lines.map(placeOf);
  const wrong = points.indexOf(null);
  if (wrong !== -1) return `Corner ${wrong + 1} is not ${placeHint}.`;
  if (points.length < 3) return 'A polygon has three corners at least, one a line.';
  return { kind: 'polygon', points: points.filter((point) => point !== null) };
}

function boxOf({ southWest, northEast }: TypedArea): Area | undefined | string {
  if (southWest.trim() === '' && northEast.trim() === '') return undefined;
  const [from, to] = [placeOf(southWest), placeOf(northEast)];
  if (from === null) return `The south-west corner is ${placeHint}.`;
  if (to === null) return `The north-east corner is ${placeHint}.`;
  return {
    ...{ kind: 'box', south: from.latitude, west: from.longitude },
    ...{ north: to.latitude, east: to.longitude },
  };
}

/** An area as a person would have typed it. */
export function typedOf(area: Area): Partial<TypedArea> {
  const { kind } = area;
  if (kind === 'circle') {
    const { latitude, longitude, radiusM } = area;
    return { kind, centre: centreText(latitude, longitude), radiusM: `${radiusM}` };
  }
  if (kind === 'box') {
    const { south, west, north, east } = area;
    return { kind, southWest: centreText(south, west), northEast: centreText(north, east) };
  }
  const lines = area.points.map(({ latitude, longitude }) => centreText(latitude, longitude));
  return { kind, corners: lines.join('\n') };
}

/** Nothing of any kind is typed. */
export const noArea = { centre: '', southWest: '', northEast: '', corners: '' } as const;

function placeOf(text: string): Place | null {
  const numbers = text.split(/[\s,;]+/).filter((part) => part !== '');
  const [latitude = Number.NaN, longitude = Number.NaN] = numbers.map(Number);
  const isPlace = numbers.length === 2 && Number.isFinite(latitude) && Number.isFinite(longitude);
  return isPlace ? { latitude, longitude } : null;
}

/** A place as `circleOf` reads it. */
export const centreText = (latitude: number, longitude: number): string =>
  `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
