import { z } from 'zod';

const probability = z.number().min(0).max(1);
const point = z.tuple([z.number(), z.number()]);

/** Another possible plate text, with its probability. */
export const alternativeSchema = z.strictObject({ plate: z.string(), p: probability });

/**
 * One plate reading in one frame. Pixels are those of the frame, x right, y down. `plate` is the text as read,
 * character by character: syntax and votes never change it (rule 4).
 */
export const plateReadSchema = z.strictObject({
  plate: z.string().describe('0-9A-Z; empty when nothing was read'),
  confidence: probability.describe('Probability that the whole plate is right'),
  characters: z.array(z.strictObject({ char: z.string().length(1), p: probability })),
  alternatives: z.array(alternativeSchema).describe('Best first, without the read itself'),
  state: z.strictObject({ code: z.string(), p: probability }).nullable(),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]).describe('x, y, width, height'),
  corners: z.tuple([point, point, point, point]).describe('Clockwise from the top left'),
});

export type PlateRead = z.infer<typeof plateReadSchema>;
export type Alternative = z.infer<typeof alternativeSchema>;

/** A text with the letter O taken as the digit 0. */
export const withOAs0 = (text: string): string => text.replaceAll('O', '0');

/**
 * Probability that a text is right if the letter O and the digit 0 are treated as one. Many issuers use the same die
 * for both: a plate whose only doubt is which of them it shows counts as read, and the other text is among its
 * alternatives.
 */
export function sureness({
  plate,
  confidence,
  alternatives,
}: Pick<PlateRead, 'plate' | 'confidence' | 'alternatives'>): number {
  const text = withOAs0(plate);
  const twins = alternatives.filter((other) => withOAs0(other.plate) === text);
  return Math.min(
    1,
    twins.reduce((sum, { p }) => sum + p, confidence),
  );
}

/** Why a plate that was found could not be read (CAP-8). */
export const unreadReasonSchema = z.enum(['low_confidence', 'no_contrast', 'too_small']);
export type UnreadReason = z.infer<typeof unreadReasonSchema>;

/** A plate found in a frame, read or not, with the figures that weight its vote. */
export interface FoundPlate {
  /** The reading; its `plate` and `confidence` are set even if `unread` says that they are unreliable. */
  read: PlateRead;
  /** Set if the plate counts as unread. */
  unread: UnreadReason | null;
  /** 0 to 1: the detector's own score. */
  detectorScore: number;
  /** The score alone makes it a plate; otherwise a text that is read confirms it (`isPlate`). Never for a sign's text. */
  sure: boolean;
  /** Variance of the Laplacian of the rectified plate: larger is sharper. */
  sharpness: number;
  /** Found and not read, since the machine is too slow for all: no text, and no reason of its own to be unread. */
  passedOver?: true;
  /** Its probabilities are weighted by the formats of the configured regions. */
  isWeighed?: true;
}

/** Milliseconds of work on one frame. */
export interface ReadingTimes {
  detect: number;
  recognise: number;
}

/** The result of reading one frame. */
export interface FrameReading {
  plates: FoundPlate[];
  ms: ReadingTimes;
  /** Wall-clock times (ms since the epoch, fractions kept). */
  foundAtMs: number;
  readAtMs: number;
}
