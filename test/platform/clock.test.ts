import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';

afterEach(() => vi.restoreAllMocks());

test('the clock follows when the system’s is set, either way', () => {
  const now = Date.now.bind(Date);
  for (const setMs of [3_600_000, -3_600_000]) {
    vi.spyOn(Date, 'now').mockImplementation(() => now() + setMs);
    expect(Math.abs(systemClock() - Date.now())).toBeLessThan(60_000);
    vi.restoreAllMocks();
    expect(Math.abs(systemClock() - Date.now())).toBeLessThan(60_000);
  }
});
