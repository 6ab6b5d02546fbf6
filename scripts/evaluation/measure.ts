import type { GreyPicture } from '../../src/vision/reading/grey-picture.ts';
import { loadPicture } from '../../src/vision/reading/load-picture.ts';
import type { FoundPlate } from '../../src/vision/reading/plate-read.ts';
import type { FrameReader } from '../../src/vision/reading/read-frame.ts';
import { plateInMiddle } from './framing.ts';
import { judge, type PictureVerdict } from './judge.ts';
import type { Sample, Yardstick } from './yardsticks.ts';

/** A yardstick with what became of each of its pictures. */
export interface Measured {
  yardstick: Yardstick;
  verdicts: PictureVerdict[];
}

/** Reads every picture of a yardstick and judges it; ms are of reading alone, without decoding the file. */
export async function measure(
  reader: FrameReader,
  yardstick: Yardstick,
  samples: readonly Sample[],
): Promise<Measured> {
  const verdicts: PictureVerdict[] = [];
  for (const sample of samples) {
    const picture = await loadPicture(sample.path);
    if (yardstick.inverted) picture.grey = picture.grey.map((value) => 255 - value);
    const begun = performance.now();
    const found = await platesIn(reader, picture, yardstick.kind);
    const ms = performance.now() - begun;
    verdicts.push({ ...judge(sample, found, yardstick.kind), ms });
  }
  return { yardstick, verdicts };
}

async function platesIn(
  reader: FrameReader,
  picture: GreyPicture,
  kind: Yardstick['kind'],
): Promise<FoundPlate[]> {
  if (kind === 'crops') return [await reader.readPlate(picture)];
  if (kind === 'scenes')
    return (await reader.readFrame(picture, { thorough: true })).reading.plates;
  const plate = await plateInMiddle(reader, picture);
  return plate ? [plate] : [];
}
