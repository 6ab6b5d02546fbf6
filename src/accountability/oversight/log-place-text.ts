import { z } from 'zod';
import type { LogPlace } from '../audit/whole-log.ts';
import { Refusal } from '../gate/refusal.ts';

const placeSchema = z.tuple([
  z.int().nullable(),
  z.union([
    z.literal('begin'),
    z.strictObject({ at: z.iso.datetime(), unit: z.string(), seq: z.int(), hash: z.string() }),
    z.null(),
  ]),
]);

/** A place in the log as text for callers: the number of a record where there is the log of one unit alone. */
export function textOfPlace({ own, units }: LogPlace): string {
  if (units === 'begin' && own !== null) return String(own);
  return Buffer.from(JSON.stringify([own, units])).toString('base64url');
}

/** The place that a caller names. Throws a Refusal if it is none. */
export function placeOfText(text: string): LogPlace {
  const number = /^\d{1,15}$/.test(text.trim()) ? Number(text) : 0;
  if (number > 0) return { own: number, units: 'begin' };
  try {
    const [own, units] = placeSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { own, units };
  } catch {
    throw new Refusal(
      400,
      'bad-input',
      'before: is neither the number of a record nor what "next" of the page before said.',
    );
  }
}
