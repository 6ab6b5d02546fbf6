import { describe, expect, it } from 'vitest';
import { cameraBearing } from '../../src/position/camera-bearing.ts';
import { directionOfTravel } from '../../src/position/direction-of-travel.ts';
import type { Fix } from '../../src/position/fix.ts';
import { noFix } from '../../src/position/fix-keeper.ts';

const driving: Fix = {
  ...noFix,
  source: 'nmea',
  quality: 'fix-3d',
  latitude: 34.9,
  longitude: -117,
  speedMps: 12,
  courseDeg: 300,
  ageMs: 200,
};

function mobile(change: Partial<Parameters<typeof directionOfTravel>[0]>) {
  return directionOfTravel({
    fix: driving,
    mode: 'mobile',
    motion: 'receding',
    lateralPerS: 0,
    mountAngleDeg: 0,
    minCourseSpeedMps: 2,
    bearingDeg: null,
    ...change,
  });
}

function pole(change: Partial<Parameters<typeof directionOfTravel>[0]>) {
  return mobile({ mode: 'fixed', bearingDeg: 350, fix: { ...noFix, source: 'fixed' }, ...change });
}

describe('from a moving unit (PRA-4)', () => {
  it.each([
    ['ahead', 0, 'receding', 300, false],
    ['ahead', 0, 'stationary', 300, false],
    ['ahead', 0, 'approaching', 120, true],
    ['behind', 180, 'approaching', 300, false],
    ['behind', 180, 'receding', 120, true],
  ] as const)('looking %s (%i°), %s: heads %i°', (_, mountAngleDeg, motion, headingDeg, unsure) => {
    const seen = mobile({ mountAngleDeg, motion });
    expect(seen).toMatchObject({ headingDeg, source: 'own-course' });
    expect(seen.reason !== null).toBe(unsure);
  });

  it('looking right, who moves to the left draws ahead and who moves to the right falls back', () => {
    const right = { mountAngleDeg: 90, motion: 'unknown' as const };
    expect(mobile({ ...right, lateralPerS: -0.8 }).headingDeg).toBe(300);
    expect(mobile({ ...right, lateralPerS: 0.8 }).headingDeg).toBe(120);
  });

  it.each([
    ['too slow', { fix: { ...driving, speedMps: 1.9 } }],
    ['course', { fix: { ...driving, courseDeg: null } }],
    ['no fix', { fix: { ...noFix, source: 'nmea' as const } }],
    ['no fix', { fix: { ...driving, simulated: true } }],
    ['not seen for long enough', { motion: 'unknown' as const }],
    ['across', { motion: 'unknown' as const, lateralPerS: 0.5 }],
  ])('is null with the reason: %s', (reason, change) => {
    const seen = mobile(change);
    expect(seen).toMatchObject({ headingDeg: null, source: 'none' });
    expect(seen.reason).toContain(reason);
  });
});

describe('from a pole that looks at 350° (PRA-4)', () => {
  it.each([
    ['receding', 0, 350],
    ['approaching', 0, 170],
    ['unknown', 0.4, 80],
    ['stationary', -0.4, 260],
  ] as const)('%s, %d across: heads %i°', (motion, lateralPerS, headingDeg) => {
    expect(pole({ motion, lateralPerS })).toEqual({
      headingDeg,
      source: 'surveyed-bearing',
      reason: null,
    });
  });

  it('a second camera that looks the other way uses its own angle', () => {
    expect(pole({ mountAngleDeg: 180, motion: 'receding' }).headingDeg).toBe(170);
    expect(pole({ mountAngleDeg: 180, motion: 'approaching' }).headingDeg).toBe(350);
  });

  it('is null with the reason for a parked vehicle or without a bearing', () => {
    expect(pole({ motion: 'stationary' }).reason).toContain('is not moving');
    expect(pole({ bearingDeg: null }).reason).toContain('bearing');
  });
});

describe('where the camera looked when the picture was taken (CAP-7)', () => {
  const car = { fix: driving, bearingDeg: null, mountAngleDeg: -20, minCourseSpeedMps: 2 };

  it.each([
    ['a driving car', car, 280],
    [
      'a parked car, whose receiver goes on telling a course',
      { ...car, fix: { ...driving, speedMps: 0.3 } },
      null,
    ],
    ['a car without a course', { ...car, fix: { ...driving, courseDeg: null } }, null],
    ['a pole', { ...car, bearingDeg: 348, mountAngleDeg: 0 }, 348],
    ['a pole with a second camera', { ...car, bearingDeg: 348, mountAngleDeg: 180 }, 168],
  ])('%s', (_, seen, bearing) => {
    expect(cameraBearing(seen)).toBe(bearing);
  });
});
