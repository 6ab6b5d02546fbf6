import { z } from 'zod';
import { hitMatchSchema } from '../hotlist/hit-match.ts';
import { directionOfTravelSchema, fixSchema } from '../position/fix.ts';
import { alternativeSchema, unreadReasonSchema } from '../vision/reading/plate-read.ts';
import {
  consensusSchema,
  motionSchema,
  overviewMissingSchema,
} from '../vision/tracking/track-report.ts';

/**
 * Host times of an alert's stages, ms since the epoch (ALT-3). `raisedAtMs`: the alert was decided. Its hit is stored
 * with that before it is told, because what is told must be on the disk first (rule 3).
 */
export const stageTimesSchema = z.strictObject({
  capturedAtMs: z.number(),
  foundAtMs: z.number(),
  readAtMs: z.number(),
  matchedAtMs: z.number(),
  raisedAtMs: z.number(),
});

/** An image of a detection; its file is `images/<yyyy-mm-dd>/<id>.jpg` under the data folder. */
export const imageRefSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['plate', 'ir', 'overview']),
  takenAt: z.iso.datetime(),
  width: z.int(),
  height: z.int(),
  bytes: z.int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ImageRef = z.infer<typeof imageRefSchema>;

/** A trait of the vehicle; null until a model reports it (CAP-10). */
const trait = z.strictObject({ value: z.string(), p: z.number().min(0).max(1) }).nullable();

/** The record of one vehicle passing (the policies' term). Shared by storage and headquarters messages. */
export const detectionSchema = z.strictObject({
  id: z.uuid(),
  /** 1 for the first version of this vehicle's record, one more for each later one. */
  revision: z.int().min(1),
  agency: z.string(),
  unit: z.string(),
  head: z.string(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  seenCount: z.int().min(1),
  /** Null if the plate was found but could not be read (CAP-8). */
  read: consensusSchema.nullable(),
  unread: unreadReasonSchema.nullable(),
  possible: z
    .array(alternativeSchema)
    .optional()
    .describe(
      'Without a read: the texts that its looks together hold possible, the likeliest first',
    ),
  readFrom: z.enum(['ir', 'colour']),
  motion: motionSchema,
  direction: directionOfTravelSchema,
  fix: fixSchema,
  vehicle: z.strictObject({
    make: trait,
    model: trait,
    colour: trait,
    body: trait,
    identifiers: z.array(z.string()),
  }),
  /** The canvass in which the vehicle was seen (CAP-12). */
  canvass: z.uuid().optional(),
  images: z.array(imageRefSchema),
  overviewMissing: overviewMissingSchema.nullable(),
  /** The vehicle has left; there are no later revisions. */
  closed: z.boolean(),
});
export type Detection = z.infer<typeof detectionSchema>;

/** A detection that matches an entry, as alerted. */
export const hitSchema = z.strictObject({
  id: z.uuid(),
  detectionId: z.uuid(),
  agency: z.string(),
  unit: z.string(),
  /** raised → amended (the consensus or the entry changed) → withdrawn (it no longer matches). */
  state: z.enum(['raised', 'amended', 'withdrawn']),
  revision: z.int().min(1),
  raisedAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  /** The read of this revision. */
  read: consensusSchema,
  unread: z
    .literal(true)
    .optional()
    .describe(
      'No text counts as read: `read` holds what is possible, and its `plate` is the likeliest. A headquarters that does not know this word refuses the message, which waits on the unit until headquarters is updated',
    ),
  match: hitMatchSchema,
  times: stageTimesSchema,
  /** Everything that dispatch needs before the detection arrives (DSP-3). */
  head: z.string(),
  fix: fixSchema,
  direction: directionOfTravelSchema,
  motion: motionSchema,
  /** The hit that already alerted this vehicle for this entry; this one is stored and sent without a sound (PRA-4). */
  repeatOf: z.uuid().optional(),
});
export type Hit = z.infer<typeof hitSchema>;
