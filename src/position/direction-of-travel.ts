import type { UnitMode } from '../config/sections/unit.ts';
import type { Motion } from '../vision/tracking/track-report.ts';
import type { DirectionOfTravel, Fix } from './fix.ts';

const fastLateral = 0.15;

/**
 * The heading of a seen vehicle (PRA-4). A fixed camera adds its surveyed bearing to the motion in the picture. A moving
 * one compares that motion with its own course: a vehicle that moves along or draws ahead has the same direction; one
 * that falls back is assumed to come the other way, and `reason` then says that a parked or slower vehicle looks the
 * same. Below `minCourseSpeedMps` a GPS course is meaningless, and the answer is null with the reason.
 *
 * @param lateralPerS motion across the picture, frame widths per second, positive to the right.
 * @param mountAngleDeg direction of the camera relative to the unit: 0 ahead, 90 right.
 * @param bearingDeg direction of a pole in true degrees; null for a moving unit.
 */
export function directionOfTravel(seen: {
  fix: Fix;
  mode: UnitMode;
  motion: Motion;
  lateralPerS: number;
  mountAngleDeg: number;
  minCourseSpeedMps: number;
  bearingDeg: number | null;
}): DirectionOfTravel {
  return seen.mode === 'fixed' ? fromPole(seen) : fromVehicle(seen);
}

function fromPole(seen: {
  motion: Motion;
  lateralPerS: number;
  mountAngleDeg: number;
  bearingDeg: number | null;
}): DirectionOfTravel {
  if (seen.bearingDeg === null) return unknown('the bearing of the camera is not surveyed');
  const moving = motionDeg(seen, false);
  if (moving === 'still') return unknown('the vehicle is not moving');
  if (moving === null) return unknown('the vehicle was not seen for long enough');
  return {
    headingDeg: norm(seen.bearingDeg + seen.mountAngleDeg + moving),
    source: 'surveyed-bearing',
    reason: null,
  };
}

function fromVehicle(seen: {
  fix: Fix;
  motion: Motion;
  lateralPerS: number;
  mountAngleDeg: number;
  minCourseSpeedMps: number;
}): DirectionOfTravel {
  const { fix, mountAngleDeg, minCourseSpeedMps } = seen;
  if (fix.quality === 'none' || fix.simulated) return unknown('no fix');
  if (fix.courseDeg === null || fix.speedMps === null)
    return unknown('our own course is not known');
  if (fix.speedMps < minCourseSpeedMps) {
    return unknown(`our own speed is below ${minCourseSpeedMps} m/s, too slow for a GPS course`);
  }
  const moving = motionDeg(seen, looksSideways(mountAngleDeg));
  if (moving === null) return unknown('the vehicle was not seen for long enough');
  const own = { headingDeg: norm(fix.courseDeg), source: 'own-course' as const, reason: null };
  if (moving === 'still') return own;
  // 1: draws ahead of the unit; -1: falls back.
  const alongOurs = Math.cos(((mountAngleDeg + moving) * Math.PI) / 180);
  if (alongOurs > 0.5) return own;
  if (alongOurs < -0.5) {
    return {
      headingDeg: norm(fix.courseDeg + 180),
      source: 'own-course',
      reason: 'taken as oncoming; a parked or slower vehicle looks the same',
    };
  }
  return unknown('it moved across our course');
}

/**
 * Direction of the motion, clockwise from the camera's direction; null if unknown. For a camera that looks to the side,
 * motion across its picture is motion along the street, so that counts first.
 */
function motionDeg(
  seen: { motion: Motion; lateralPerS: number },
  acrossFirst: boolean,
): number | 'still' | null {
  const across = Math.abs(seen.lateralPerS) >= fastLateral ? sideways(seen.lateralPerS) : null;
  if (acrossFirst && across !== null) return across;
  switch (seen.motion) {
    case 'receding':
      return 0;
    case 'approaching':
      return 180;
    case 'stationary':
      return across ?? 'still';
    case 'unknown':
      return across;
  }
}

function looksSideways(mountAngleDeg: number): boolean {
  return Math.abs(Math.sin((mountAngleDeg * Math.PI) / 180)) > 0.7;
}

function sideways(lateralPerS: number): number {
  return lateralPerS > 0 ? 90 : -90;
}

function norm(degrees: number): number {
  return ((degrees % 360) + 360) % 360;
}

function unknown(reason: string): DirectionOfTravel {
  return { headingDeg: null, source: 'none', reason };
}
