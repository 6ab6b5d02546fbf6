import type { AimFigures, AimFrame } from '../../../aim-line.ts';
import {
  bad,
  doubtful,
  figure,
  good,
  median,
  percent,
  type Verdict,
  widthVerdict,
} from './aim-words.ts';
import type { Recent } from './recent.ts';

/** One figure of a camera with what it should be. */
export interface Judged {
  name: string;
  value: string;
  verdict: Verdict;
  /** What is good. */
  wanted: string;
}

/** Fewer vehicles tell little. */
const fewVehicles = 10;

/**
 * Every figure by which a camera is accepted, judged by the same limits as `lookout doctor --prove`; without a picture those
 * that need none.
 */
export function judgeCamera(figures: AimFigures, frame: AimFrame | null, recent: Recent): Judged[] {
  const judged = [
    ...(frame === null ? [] : judgePicture(frame, figures, recent)),
    ...judgeRate(figures),
    judgeWidth(figures),
    judgeReads(figures),
    judgeSkew(figures, recent),
  ];
  return judged.filter((each) => each !== null);
}

function judgePicture(frame: AimFrame, { limits }: AimFigures, { sharpest }: Recent): Judged[] {
  const { sharpness, brightness, clippedShare } = frame.quality;
  return [
    {
      name: 'Sharpness',
      value: `${figure(sharpness)}, sharpest ${figure(sharpest)}`,
      verdict: sharpnessVerdict(sharpness, sharpest, limits.minSharpness),
      wanted: `${figure(limits.minSharpness)} or more, and near the sharpest`,
    },
    {
      name: 'Brightness',
      value: `${Math.round(brightness)} of 255`,
      verdict:
        brightness < limits.minBrightness
          ? bad('too dark')
          : brightness > limits.maxBrightness
            ? bad('too bright')
            : good(),
      wanted: `${figure(limits.minBrightness)} to ${figure(limits.maxBrightness)}`,
    },
    {
      name: 'White pixels',
      value: percent(clippedShare),
      verdict:
        clippedShare > limits.maxClippedShare
          ? bad('too many')
          : clippedShare > limits.maxClippedShare / 2
            ? doubtful('many')
            : good(),
      wanted: `at most ${percent(limits.maxClippedShare)}`,
    },
  ];
}

/** `least`: below this a picture is blurred, however sharp the sharpest was. */
export function sharpnessVerdict(sharpness: number, sharpest: number, least: number): Verdict {
  if (sharpness < least) return bad('blurred');
  if (sharpness < sharpest * 0.7) return doubtful('was sharper');
  return good(sharpness >= sharpest * 0.95 ? 'sharpest so far' : 'good');
}

function judgeRate({ camera }: AimFigures): Judged[] {
  if (camera === null) return [];
  const { fps, leastFps, readFps, passedOver } = camera;
  const lost = passedOver.of === 0 ? 0 : passedOver.frames / passedOver.of;
  return [
    {
      name: 'Frames a second',
      value: `${fps.toFixed(1)} come, ${readFps.toFixed(1)} are read`,
      verdict: fps < leastFps ? bad('slow') : good(),
      wanted: `${figure(leastFps)} or more`,
    },
    {
      name: 'Frames passed over',
      value: `${percent(lost)} of the last minute`,
      verdict: lost >= 0.05 ? bad('too many') : good(),
      wanted: 'less than 5 %',
    },
  ];
}

function judgeWidth({ plates }: AimFigures): Judged {
  const middle = median(plates.widthsPx);
  const count = plates.widthsPx.length;
  return {
    name: 'Plate width',
    value: middle === null ? 'no vehicle yet' : `median ${Math.round(middle)} px of ${count}`,
    verdict: middle === null ? doubtful('not known yet') : widthVerdict(middle),
    wanted: '90 px or more',
  };
}

function judgeReads({ plates }: AimFigures): Judged {
  const unread = Object.values(plates.unread).reduce((sum, each) => sum + each, 0);
  const all = plates.read + unread;
  const share = all === 0 ? 0 : plates.read / all;
  return {
    name: 'Plates read',
    value: all === 0 ? 'no vehicle in 10 min' : `${plates.read} of ${all} in 10 min`,
    verdict:
      all < fewVehicles
        ? doubtful('too few to tell')
        : share < 0.7
          ? bad('too few')
          : share < 0.9
            ? doubtful('few')
            : good(),
    wanted: '90 % or more',
  };
}

function judgeSkew({ maxSkewMs }: AimFigures, { skewsMs }: Recent): Judged | null {
  if (maxSkewMs === null) return null;
  const middle = median(skewsMs.map(Math.abs));
  return {
    name: 'Infra-red and colour apart',
    value: middle === null ? 'no colour frame' : `${Math.round(middle)} ms`,
    verdict:
      middle === null || middle > maxSkewMs
        ? bad(middle === null ? 'no pair' : 'too far')
        : middle > maxSkewMs / 2
          ? doubtful('far')
          : good(),
    wanted: `at most ${Math.round(maxSkewMs)} ms`,
  };
}
