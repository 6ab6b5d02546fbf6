import { expect, test } from 'vitest';
import { createStandingFixes } from '../../src/position/standing-fix.ts';

const fix = (latitude: number, longitude = -117) => ({
  quality: 'fix-3d' as const,
  latitude,
  longitude,
});

test('the median of the fixes of a unit that stands, and how far the farthest is from it', () => {
  const fixes = createStandingFixes();
  expect(fixes.summary()).toBeNull();
  for (const [second, latitude] of [34, 34.0001, 34, 34, 33.9999].entries()) {
    fixes.add(fix(latitude), second * 1000);
  }
  // Asked for by a second screen within the same second, and without a place.
  fixes.add(fix(35), 4100);
  fixes.add({ quality: 'none', latitude: null, longitude: null }, 6000);
  const standing = fixes.summary();
  expect(standing).toMatchObject({ fixes: 5, overS: 4, latitude: 34, longitude: -117 });
  expect(standing?.driftM).toBeCloseTo(11.1, 1);
});

test('only the last ten minutes count', () => {
  const fixes = createStandingFixes();
  fixes.add(fix(30), 0);
  fixes.add(fix(34), 700_000);
  expect(fixes.summary()).toMatchObject({ fixes: 1, latitude: 34, driftM: 0 });
});
