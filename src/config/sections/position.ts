import { z } from 'zod';

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);

/** `position`: where fixes come from. */
export const positionSection = z.strictObject({
  source: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      z.strictObject({
        kind: z.literal('serial'),
        path: z.string().min(1).describe('/dev/ttyUSB0 or, better, a /dev/serial/by-id name'),
        baud: z.union([z.literal('auto'), z.int().min(1200).max(921_600)]).default('auto'),
      }),
      z.strictObject({
        kind: z.literal('gpsd'),
        host: z.string().min(1).default('127.0.0.1'),
        port: z.int().min(1).max(65_535).default(2947),
        device: z.string().optional(),
      }),
      z.strictObject({
        kind: z.literal('replay'),
        path: z.string().min(1).describe('An NMEA log'),
        restamp: z
          .boolean()
          .default(false)
          .describe('Write the current time into the sentences, as a live receiver would'),
        loop: z.boolean().default(false),
      }),
      z
        .strictObject({
          kind: z.literal('fixed'),
          latitude,
          longitude,
          altitudeM: z.number().nullable().default(null),
          bearingDeg: z
            .number()
            .min(0)
            .lt(360)
            .describe('Direction of a camera with mountAngleDeg 0, in true degrees'),
        })
        .refine((place) => place.latitude !== 0 || place.longitude !== 0, {
          path: ['latitude'],
          message: 'latitude 0 and longitude 0 is a place in the Atlantic; give the surveyed one',
        }),
    ])
    .default({ kind: 'none' }),
  staleAfterS: z.number().min(0.5).default(3).describe('An older fix is shown as stale'),
  minCourseSpeedMps: z
    .number()
    .min(0)
    .default(2)
    .describe('Below this speed the GPS course is not used (PRA-4)'),
});

export type PositionConfig = z.infer<typeof positionSection>;
