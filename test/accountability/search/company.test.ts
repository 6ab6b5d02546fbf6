import { describe, expect, it } from 'vitest';
import { findCompany, findTwoPlaces } from '../../../src/accountability/search/operations.ts';
import { openRecords } from '../../records/open-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { insertPassings, openSearch, type Passing } from './open-search.ts';

const detective = { role: 'detective' } as const;
const asked = '8ABC123';
const places = [
  [38.1, -122.2],
  [38.12, -122.25],
  [38.2, -122.3],
] as const;

function unitsThatSaw(passings: Passing[], profile = 'vallejo') {
  const dataDir = temporaryFolder();
  const { db } = openRecords(dataDir);
  insertPassings(db, passings);
  const { perform, records } = openSearch(dataDir, undefined, profile);
  return {
    records,
    company: (input: object = {}) => perform(detective, findCompany, { plate: asked, ...input }),
    twoPlaces: (plate = asked) => perform(detective, findTwoPlaces, { plate }),
  };
}

/** The time so many seconds after the beginning, on the third of March. */
const at = (seconds: number) => new Date(Date.UTC(2026, 2, 3, 8) + seconds * 1000).toISOString();
const hour = 3600;

describe('vehicles that were seen together', () => {
  it('finds who was within the seconds at several places, with each meeting, and nobody who was there once', async () => {
    const { company } = unitsThatSaw([
      ...places.flatMap((place, n): Passing[] => [
        { at: at(n * hour), place: [...place], unit: n === 1 ? 'unit-8' : 'unit-7' },
        {
          ...{ plate: 'FOLLOW1', at: at(n * hour + 12), place: [...place] },
          unit: n === 1 ? 'unit-8' : 'unit-7',
        },
      ]),
      { plate: 'ONCE111', at: at(5), place: [...places[0]], unit: 'unit-7' },
      // At the same second, on another unit.
      { plate: 'ELSE111', at: at(0), unit: 'pole-3' },
      { plate: 'ELSE111', at: at(2 * hour), unit: 'pole-3' },
      // Two minutes later each time.
      { plate: 'LATER11', at: at(120), place: [...places[0]], unit: 'unit-7' },
      { plate: 'LATER11', at: at(2 * hour + 120), place: [...places[2]], unit: 'unit-7' },
    ]);
    const found = await company();
    expect(found).toMatchObject({ occasions: 3, more: false, common: 0 });
    expect(found.companions).toMatchObject([
      { plate: 'FOLLOW1', state: 'CA', times: 3, places: 3, timesRead: 3, hit: false },
    ]);
    expect(found.companions[0]?.meetings).toMatchObject([
      { at: at(2 * hour), apartS: 12, unit: 'unit-7', latitude: 38.2, longitude: -122.3 },
      { unit: 'unit-8' },
      { at: at(0), other: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
    expect((await company({ withinS: 11 })).companions).toEqual([]);
    expect((await company({ withinS: 130 })).companions.map(({ plate }) => plate)).toEqual([
      ...['FOLLOW1', 'LATER11'],
    ]);
    expect((await company({ times: 4 })).companions).toEqual([]);
    expect((await company({ from: at(hour - 60) })).companions).toMatchObject([{ times: 2 }]);
  });

  it('counts reads of one stay as one time, and leaves out who is seen everywhere', async () => {
    const { company } = unitsThatSaw([
      // Three reads in one minute, and one an hour later.
      ...[0, 20, 40, hour].map((seconds): Passing => ({ at: at(seconds), place: [...places[0]] })),
      ...[1, 21, 41].map((seconds): Passing => ({ plate: 'STAY111', at: at(seconds) })),
      // A bus: every minute of the hour, and so by chance at both times.
      ...Array.from({ length: 61 }, (_, n): Passing => ({ plate: 'BUS1111', at: at(n * 60 + 3) })),
    ]);
    expect(await company()).toMatchObject({ occasions: 2, companions: [], common: 1 });
  });

  it('puts who was met at several places before who was met at one', async () => {
    const { company } = unitsThatSaw([
      ...[0, 1, 2, 3].flatMap((n): Passing[] => [
        { at: at(n * hour), place: [...(places[n === 3 ? 1 : 0] ?? [0, 0])] },
        ...(n === 3 ? [] : [{ plate: 'PARKED1', at: at(n * hour + 2) }]),
        ...(n < 2 ? [] : [{ plate: 'FOLLOW1', at: at(n * hour + 9) }]),
      ]),
    ]);
    const { companions } = await company();
    expect(companions.map(({ plate, times, places: of }) => [plate, times, of])).toEqual([
      ['FOLLOW1', 2, 2],
      ['PARKED1', 3, 1],
    ]);
  });

  it.each(['vallejo', 'vigilant-429', 'napa', 'walnut-creek', 'barstow'])(
    'under %s who may search may look, with a purpose, and the audit log has the plate',
    async (profile) => {
      const { company, twoPlaces, records } = unitsThatSaw([{ at: at(0) }], profile);
      await company();
      await twoPlaces();
      expect(records).toMatchObject([
        { operation: 'detections.company', category: 'Detection Browsing', outcome: 'done' },
        { operation: 'detections.two-places', query: { plate: asked }, results: 0 },
      ]);
      expect(records.every(({ inquiry }) => inquiry !== null)).toBe(true);
      expect(findCompany.inquiry && findTwoPlaces.inquiry).toBe(true);
      expect(findCompany.permission).toBe('detections.search');
    },
  );
});

describe('one plate in two places', () => {
  const vallejo: [number, number] = [38.1, -122.25];
  const sacramento: [number, number] = [38.58, -121.49];
  const [one, other]: Passing[] = [
    { at: at(0), place: vallejo },
    { at: at(600), place: sacramento, unit: 'unit-8' },
  ];
  const cases: [string, Partial<Passing>, boolean][] = [
    ['ten minutes for 85 km is too fast for any car', {}, true],
    ['an hour is not', { at: at(hour) }, false],
    ['one unit has a wrong fix, not two places', { unit: 'unit-7' }, false],
    ['a read that is not sure may be another plate', { confidence: 0.8 }, false],
    ['the characters of another state are another plate', { state: 'NV' }, false],
    ['what has no place says nothing', { place: null }, false],
    [
      'a kilometre apart it is one place for two cameras',
      { at: at(1), place: [38.109, -122.25] },
      false,
    ],
  ];
  it.each(cases)('%s', async (_words, changes, isFound) => {
    const { twoPlaces } = unitsThatSaw([one, { ...other, ...changes }] as Passing[]);
    const { pairs } = await twoPlaces();
    expect(pairs).toHaveLength(isFound ? 1 : 0);
    if (!isFound) return;
    expect(pairs[0]?.reads.map(({ unit }) => unit)).toEqual(['unit-7', 'unit-8']);
    // 85 km, less what both fixes may be off; ten minutes, and the clocks.
    expect(Math.round((pairs[0]?.leastM ?? 0) / 1000)).toBe(85);
    expect(pairs[0]?.mostS).toBeGreaterThan(600);
  });

  it('SRC-4: other reads between two that no car makes hide neither, and each is told once', async () => {
    const between: Passing[] = [
      // Who cannot be compared with either, and who is near the first, or the second.
      { at: at(30), unit: 'unit-9', place: vallejo, confidence: 0.8 },
      { at: at(60), unit: 'unit-9', place: null },
      { at: at(90), unit: 'unit-9', place: vallejo, state: 'NV' },
    ];
    const { twoPlaces } = unitsThatSaw([
      ...([one, ...between, other] as Passing[]),
      { at: at(610), unit: 'unit-8', place: sacramento, confidence: 0.8 },
      { at: at(620), unit: 'unit-9', place: sacramento, state: 'NV', confidence: 0.8 },
      { at: at(1200), unit: 'unit-7', place: vallejo },
    ]);
    const { pairs } = await twoPlaces();
    expect(
      pairs.map(({ reads }) => reads.map(({ unit, lastSeen }) => `${unit} ${lastSeen}`)),
    ).toEqual([
      [`unit-8 ${at(600)}`, `unit-7 ${at(1200)}`],
      [`unit-7 ${at(0)}`, `unit-8 ${at(600)}`],
    ]);
  });
});
