import { expect, test } from 'vitest';
import { lastLoginWords } from '../../src/cli/last-login.ts';
import { localDay } from '../../src/platform/local-time.ts';
import { inZone } from '../support/in-zone.ts';

test('USR-11: a login on another unit is told as its day, in whatever zone the unit is', () => {
  inZone('America/Los_Angeles');
  const words = (lastLoginAt: string | null, lastLoginElsewhereOn: string | null) =>
    lastLoginWords({ lastLoginAt, lastLoginElsewhereOn }, localDay);
  expect(words(null, '2026-11-29')).toBe('2026-11-29 (UTC), on another unit');
  expect(words('2026-11-29T02:30:00Z', null)).toBe('2026-11-28');
  expect(words(null, null)).toBe('never');
});
