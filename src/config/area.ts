import { z } from 'zod';
import { polygonFault, width } from './polygon-fault.ts';

/** A place on the map, WGS 84. A box whose west is greater than its east crosses the 180th meridian. */
export type Area =
  | { kind: 'circle'; latitude: number; longitude: number; radiusM: number }
  | { kind: 'box'; south: number; west: number; north: number; east: number }
  | { kind: 'polygon'; points: { latitude: number; longitude: number }[] };

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);

/** An area as a person writes it. */
export const areaSchema: z.ZodType<Area, Area> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('circle'),
    latitude,
    longitude,
    radiusM: z.number().min(1).max(200_000),
  }),
  z
    .strictObject({
      kind: z.literal('box'),
      south: latitude,
      west: longitude,
      north: latitude,
      east: longitude,
    })
    .refine(({ south, north }) => south <= north, { message: 'south is north of north' }),
  z
    .strictObject({
      kind: z.literal('polygon'),
      points: z
        .array(z.strictObject({ latitude, longitude }))
        .min(3)
        .max(500)
        .describe('Corners in order; the last is joined to the first'),
    })
    .refine(({ points }) => width(points.map((point) => point.longitude)) <= 180, {
      message: 'a polygon across the 180th meridian must be drawn as two',
    }),
]);

/**
 * An area as a person asks for it today. Of a polygon that crosses itself nobody can say what is inside, and one without
 * a surface holds nothing. Those that were stored before are read by `areaSchema`.
 */
export const askedAreaSchema: z.ZodType<Area, Area> = areaSchema.superRefine((area, context) => {
  if (area.kind !== 'polygon') return;
  const fault = polygonFault(area.points);
  if (fault !== null) context.addIssue({ code: 'custom', path: ['points'], message: fault });
});

/** An area in words, for screens, reports and exports: each corner of a polygon is in them. */
export function areaWords(area: Area): string {
  if (area.kind === 'circle') {
    return `a circle of ${area.radiusM} m round ${area.latitude}, ${area.longitude}`;
  }
  if (area.kind === 'box') {
    return `a box from ${area.south}, ${area.west} to ${area.north}, ${area.east}`;
  }
  const corners = area.points.map(({ latitude, longitude }) => `${latitude}, ${longitude}`);
  return `a polygon of ${corners.length} corners: ${corners.join('; ')}`;
}
