import { z } from 'zod';
import { type FoundPlate, type PlateRead, plateReadSchema } from './plate-read.ts';

const ms = z.number().min(0);

/**
 * One line of `lookout read --json`: what one file gave. A plate that was found but not read has an empty
 * `plate` and no confidence in it; the guess that was not good enough leads its `alternatives`. For a video `reads` holds
 * one read a vehicle, box and corners being those of its best frame, and `ms` the sums over all frames.
 */
export const fileReportSchema = z.strictObject({
  file: z.string(),
  width: z.int(),
  height: z.int(),
  reads: z.array(plateReadSchema),
  ms: z.strictObject({ decode: ms, detect: ms, recognise: ms, total: ms }),
});
export type FileReport = z.infer<typeof fileReportSchema>;

/** A plate as a file report tells it. */
export function reportedRead({ read, unread }: FoundPlate): PlateRead {
  if (unread === null) return placed(read);
  const guess = read.plate === '' ? [] : [{ plate: read.plate, p: read.confidence }];
  return placed({
    ...read,
    plate: '',
    confidence: 0,
    characters: [],
    alternatives: [...guess, ...read.alternatives],
  });
}

/** Tenths of a pixel are all that a detector can tell. */
function placed(read: PlateRead): PlateRead {
  const tenth = (value: number) => Math.round(value * 10) / 10;
  const [x, y, width, height] = read.box;
  const [a, b, c, d] = read.corners;
  const point = ([px, py]: [number, number]): [number, number] => [tenth(px), tenth(py)];
  return {
    ...read,
    box: [tenth(x), tenth(y), tenth(width), tenth(height)],
    corners: [point(a), point(b), point(c), point(d)],
  };
}
