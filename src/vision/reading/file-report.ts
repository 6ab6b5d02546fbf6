import { z } from 'zod';
import { type FoundPlate, type PlateRead, plateReadSchema } from './plate-read.ts';

const ms = z.number().min(0);

/**
 * One line of `lookout read --json`: the result of one file, or of one picture of a TIFF or GIF with several. A plate that was found but not read has an empty `plate`;
 * the rejected reading is the first of its `alternatives`. For a video `reads` holds one read per vehicle, with box and
 * corners of its best frame, and `ms` the sums over all frames.
 */
export const fileReportSchema = z.strictObject({
  file: z.string(),
  page: z.int().min(1).optional().describe('Of a file with several pictures: which of them'),
  pages: z.int().min(2).optional(),
  width: z.int(),
  height: z.int(),
  reads: z.array(plateReadSchema),
  ms: z.strictObject({ decode: ms, detect: ms, recognise: ms, total: ms }),
});
export type FileReport = z.infer<typeof fileReportSchema>;

/** A plate in the form of a file report. */
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

/** Rounded to tenths of a pixel, the precision of the detector. */
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
