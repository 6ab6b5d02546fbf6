import type { AimFigures } from '../../../aim-line.ts';
import { goodWidthPx, median } from './aim-words.ts';
import type { Recent } from './recent.ts';

/** What a technician aims for, px: a tenth more than is good, for vehicles in the far lane. */
const wantedWidthPx = 100;
/** From here on a narrower view costs more than the width gives. */
const wideEnoughPx = 220;
/** Fewer vehicles than these say nothing of where a camera looks. */
const fewVehicles = 3;
const mostTiltDeg = 12;

/** What to do to the camera, the most important first, in words; empty where nothing is to be done. */
export function adviceOn(figures: AimFigures, recent: Recent): string[] {
  return [
    ...stateAdvice(figures),
    ...widthAdvice(figures),
    ...tiltAdvice(recent),
    ...unreadAdvice(figures),
    ...skewAdvice(figures, recent),
  ];
}

function stateAdvice({ problem, camera }: AimFigures): string[] {
  const words: string[] = [];
  if (problem !== null) words.push(sentence(problem));
  const warning = camera?.qualityWarning ?? null;
  if (warning !== null && problem?.includes(warning) !== true) words.push(sentence(warning));
  if (camera !== null && camera.fps < camera.leastFps) {
    words.push(
      `The camera gives ${camera.fps.toFixed(1)} frames a second: shorten its exposure, choose MJPG, or give it a USB port of its own.`,
    );
  }
  return words;
}

function widthAdvice({ plates }: AimFigures): string[] {
  const middle = median(plates.widthsPx);
  if (middle === null || plates.widthsPx.length < fewVehicles) return [];
  const px = Math.round(middle);
  if (middle < goodWidthPx) {
    return [`Zoom in: the median plate is ${px} px wide, ${wantedWidthPx} is wanted.`];
  }
  if (middle > wideEnoughPx) {
    return [
      `Zoom out: the median plate is ${px} px wide; ${wantedWidthPx} is enough, and a wider view sees each vehicle longer.`,
    ];
  }
  return [];
}

function tiltAdvice({ tiltsDeg }: Recent): string[] {
  const middle = median(tiltsDeg);
  if (middle === null || tiltsDeg.length < 5 || Math.abs(middle) <= mostTiltDeg) return [];
  const way = middle > 0 ? 'clockwise' : 'anticlockwise';
  return [
    `Turn the camera ${Math.round(Math.abs(middle))}° ${way} about its axis: plates lie aslant in the picture.`,
  ];
}

function unreadAdvice({ plates }: AimFigures): string[] {
  const { unread, read } = plates;
  const all = read + Object.values(unread).reduce((sum, each) => sum + each, 0);
  if (all < fewVehicles) return [];
  const many = (count = 0) => count >= fewVehicles && count >= all / 10;
  const of = (count = 0) => `${count} of ${all} plates`;
  return [
    ...(many(unread.too_small)
      ? [`${of(unread.too_small)} are too small to read: zoom in, or move the camera closer.`]
      : []),
    ...(many(unread.no_contrast)
      ? [
          `${of(unread.no_contrast)} show no contrast: check the illuminator, and lower gain or exposure where plates are white.`,
        ]
      : []),
    ...(many(unread.low_confidence)
      ? [
          `${of(unread.low_confidence)} are too unclear: focus, shorten the exposure against motion, and look for dirt on the lens.`,
        ]
      : []),
  ];
}

function skewAdvice({ maxSkewMs }: AimFigures, { skewsMs }: Recent): string[] {
  const middle = median(skewsMs.map(Math.abs));
  if (maxSkewMs === null || middle === null || middle <= maxSkewMs) return [];
  return [
    `Infra-red and colour pictures are ${Math.round(middle)} ms apart, ${Math.round(maxSkewMs)} is the most: give both cameras the same frame rate, or raise heads.list[].maxSkewMs.`,
  ];
}

const sentence = (text: string): string => {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return whole.endsWith('.') ? whole : `${whole}.`;
};
