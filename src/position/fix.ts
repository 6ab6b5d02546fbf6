import { z } from 'zod';

/** Quality of a fix, from GGA, GSA, RMC or gpsd; `surveyed` for a pole (NMEA 0183, CAP-11). */
export const fixQualitySchema = z.enum([
  'none',
  'fix-2d',
  'fix-3d',
  'differential',
  'rtk',
  'estimated',
  'manual',
  'simulated',
  'surveyed',
]);

/** Position of the unit, that is of the ALPR system; never an exact position from a guess (CAP-11). */
export const fixSchema = z.strictObject({
  quality: fixQualitySchema,
  /** WGS 84 degrees; null without a fix. */
  latitude: z.number().min(-90).max(90).nullable(),
  longitude: z.number().min(-180).max(180).nullable(),
  altitudeM: z.number().nullable(),
  speedMps: z.number().min(0).nullable(),
  /** True degrees; null if unknown or too slow. */
  courseDeg: z.number().min(0).max(360).nullable(),
  hdop: z.number().nullable(),
  satellites: z.int().nullable(),
  /** The receiver's own UTC time of the fix, ms since the epoch. */
  fixedAtMs: z.number().nullable(),
  /** Age of the last good fix when it was requested, ms; null if there was none. */
  ageMs: z.number().min(0).nullable(),
  simulated: z.boolean(),
  source: z.enum(['none', 'nmea', 'gpsd', 'replay', 'fixed']),
});

export type Fix = z.infer<typeof fixSchema>;
export type FixQuality = z.infer<typeof fixQualitySchema>;

/** Health of the position source, for status, doctor and metrics. */
export interface PositionHealth {
  source: Fix['source'];
  state: 'off' | 'searching' | 'fixed' | 'stale' | 'lost';
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
  /** GPS time minus system time, ms; null until known. */
  clockOffsetMs: number | null;
  sentences: number;
  rejected: number;
  /** Jumps of the position that the vehicle cannot have made; held back until confirmed. */
  jumps: number;
  /** Fixes that cannot be true, such as 0°, 0° or none of whose satellites is used; each counts as no fix. */
  refusedFixes: number;
  /** Single values that cannot be true, such as a speed of 1000 m/s; each was left out of its fix. */
  omittedValues: number;
  /** By how many times 1024 weeks the receiver's date is corrected (week rollover); 0 if it is right. */
  weekCycles: number;
  baud: number | null;
}

/** A source of fixes. `fixAt` answers for the time of a frame, ms since the epoch (system clock). */
export interface Position extends AsyncDisposable {
  start(signal: AbortSignal): Promise<void>;
  fixAt(takenAtMs: number): Fix;
  health(): PositionHealth;
}

/** True degrees a vehicle travels, or null with the reason (PRA-4, DSP-3). */
export const directionOfTravelSchema = z.strictObject({
  headingDeg: z.number().min(0).lt(360).nullable(),
  source: z.enum(['own-course', 'surveyed-bearing', 'none']),
  reason: z.string().nullable(),
});
export type DirectionOfTravel = z.infer<typeof directionOfTravelSchema>;
