import { onTestFinished } from 'vitest';
import { timeZoneName, useTimeZone } from '../../src/platform/time-zone.ts';

/** Puts this process into a time zone until the test ends. */
export function inZone(name: string): void {
  const before = timeZoneName();
  useTimeZone(name);
  onTestFinished(() => useTimeZone(before));
}
