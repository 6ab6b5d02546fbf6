import { describe, expect, it } from 'vitest';
import {
  findInArea,
  followVehicle,
  searchDetections,
} from '../../../src/accountability/search/operations.ts';
import { openRecords } from '../../records/open-records.ts';
import { inZone } from '../../support/in-zone.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { insertPassings, openSearch } from './open-search.ts';

const detective = { role: 'detective' } as const;
const area = { kind: 'circle', latitude: 38.1, longitude: -122.25, radiusM: 300 } as const;

/** A unit that saw a vehicle just before, at both ends of, and just after a span of time. */
function unitThatSawAround(start: string, end: string) {
  const dataDir = temporaryFolder();
  const { db } = openRecords(dataDir);
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  const times = [startMs - 1, startMs, endMs - 1, endMs];
  const ids = insertPassings(
    db,
    times.map((ms) => ({ at: new Date(ms).toISOString() })),
  );
  return { ...openSearch(dataDir), within: ids.slice(1, 3).sort() };
}

describe('SRC-1: from a day to a day finds those local days, whole', () => {
  it.each([
    ['America/Los_Angeles', '2026-11-28', '2026-11-28T08:00:00.000Z', '2026-11-29T08:00:00.000Z'],
    ['America/Los_Angeles', '2026-03-08', '2026-03-08T08:00:00.000Z', '2026-03-09T07:00:00.000Z'],
    ['America/Los_Angeles', '2026-11-01', '2026-11-01T07:00:00.000Z', '2026-11-02T08:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-28', '2026-11-27T18:30:00.000Z', '2026-11-28T18:30:00.000Z'],
    ['Pacific/Apia', '2026-11-28', '2026-11-27T11:00:00.000Z', '2026-11-28T11:00:00.000Z'],
  ])('%s %s', async (zone, day, start, end) => {
    inZone(zone);
    const { perform, records, within } = unitThatSawAround(start, end);
    const span = { from: day, to: day };
    const page = await perform(detective, searchDetections, span);
    expect(page.detections.map(({ id }) => id).sort()).toEqual(within);
    expect(page.span.text).toMatch(/^\d+ \w+ 2026 00:00 to \d+ \w+ 2026 24:00, \w+\/\w+$/);
    expect(page.span.zone).toBe(zone);
    // The audit log states the same span, in UTC.
    expect(records.at(-1)?.query).toMatchObject({ from: start, to: page.span.to });
    const path = await perform(detective, followVehicle, { plate: '8ABC123', ...span });
    expect(path.detections.map(({ id }) => id).sort()).toEqual(within);
    const seen = await perform(detective, findInArea, { area, ...span });
    expect(seen).toMatchObject({ detections: 2, span: page.span });
  });

  it('refuses what is unclear with what to write, without repeating it', async () => {
    inZone('America/Los_Angeles');
    const { performRaw } = unitThatSawAround('2026-11-28T08:00Z', '2026-11-29T08:00Z');
    for (const from of ['11/12/2026', 1_796_000_000_000, '7ABC123']) {
      const refused = performRaw(detective, 'detections.search', { from });
      await expect(refused).rejects.toMatchObject({ status: 400 });
      await expect(refused).rejects.not.toThrow(String(from));
    }
    await expect(performRaw(detective, 'detections.search', { from: '2026-11' })).rejects.toThrow(
      'from: is not a time; write a day like 2026-11-28, or a time like 2026-11-28 14:03, both in America/Los_Angeles, or a time with its offset',
    );
  });
});
