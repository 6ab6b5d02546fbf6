import { describe, expect, it } from 'vitest';
import {
  findInArea,
  followVehicle,
  searchDetections,
} from '../../../src/accountability/search/operations.ts';
import { openRecords } from '../../records/open-records.ts';
import { inZone } from '../../support/in-zone.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { insertPassings, openSearch, type Passing } from './open-search.ts';

const detective = { role: 'detective' } as const;
const area = { kind: 'circle', latitude: 1, longitude: 2, radiusM: 300 } as const;
const day = { from: '2026-02-01', to: '2026-02-01' };

function unitUnder(profile: string, ...passings: Passing[]) {
  const dataDir = temporaryFolder();
  insertPassings(openRecords(dataDir).db, passings);
  return openSearch(dataDir, undefined, profile);
}

describe('SRC-1: a search that finds nothing says why', () => {
  it('on a unit that keeps nothing: by which policy, and whom to ask', async () => {
    const { perform } = unitUnder('napa');
    const says = [
      'This unit keeps nothing once headquarters has it, except hits that are open, were just closed or may be evidence (policy napa, retention.edgeStore). ' +
        'No detection is on it now. For the rest ask headquarters.',
    ];
    expect((await perform(detective, searchDetections, { plate: '7ABC123' })).notes).toEqual(says);
    expect((await perform(detective, followVehicle, { plate: '7ABC123' })).notes).toEqual(says);
    expect((await perform(detective, findInArea, { area, ...day })).notes).toEqual(says);
  });

  it('on a unit that keeps its reads: for how long, and since when it has any', async () => {
    inZone('America/Los_Angeles');
    const { perform } = unitUnder('vallejo', { at: '2026-03-01T08:00:00Z' });
    const { notes } = await perform(detective, searchDetections, day);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /keeps reads .* \(policy vallejo, retention\.reads and retention\.hits\)/,
    );
    expect(notes[0]).toContain('Its oldest detection now is of 2026-03-01 00:00:00 -08:00.');
    const found = await perform(detective, searchDetections, { plate: '8ABC123' });
    expect(found.notes).toEqual([]);
  });

  it('by make, model, colour or body: that this unit never records them', async () => {
    const { perform } = unitUnder('vallejo', { at: '2026-03-01T08:00:00Z' });
    const { notes } = await perform(detective, searchDetections, { make: 'Ford', colour: 'red' });
    expect(notes[0]).toBe(
      'This unit never records the make and colour of a vehicle: search without.',
    );
  });
});

describe('SRC-1: a search at headquarters that finds nothing', () => {
  it('speaks of all units, and sends nobody to headquarters', async () => {
    const dataDir = temporaryFolder();
    insertPassings(openRecords(dataDir).db, [{ at: '2026-03-01T08:00:00Z' }]);
    const { perform } = openSearch(dataDir, undefined, 'vallejo', 'headquarters');
    const { notes } = await perform(detective, searchDetections, { make: 'Ford' });
    expect(notes[0]).toBe('No unit records the make of a vehicle: search without.');
    expect(notes[1]).toMatch(/^Headquarters keeps reads .*What a unit has not sent yet is on/);
  });
});

describe('SRC-1: look-alikes beside ? and *', () => {
  it('are found in every place that is known', async () => {
    const { perform } = unitUnder(
      'vallejo',
      { plate: '8ABC123', at: '2026-03-01T08:00:00Z' },
      { plate: 'BA8C1Z3', at: '2026-03-02T08:00:00Z' },
      { plate: '8AXC123', at: '2026-03-03T08:00:00Z' },
      { plate: 'O0DQ8B5', at: '2026-03-04T08:00:00Z' },
    );
    const platesOf = async (plate: string, alike = true) =>
      (await perform(detective, searchDetections, { plate, alike })).detections
        .map((each) => each.plate)
        .sort();
    expect(await platesOf('8ABC*')).toEqual(['8ABC123', 'BA8C1Z3']);
    expect(await platesOf('?ABC123')).toEqual(['8ABC123', 'BA8C1Z3']);
    expect(await platesOf('*123')).toEqual(['8ABC123', '8AXC123', 'BA8C1Z3']);
    expect(await platesOf('0000*')).toEqual(['O0DQ8B5']);
    expect(await platesOf('*0QD0BB?')).toEqual(['O0DQ8B5']);
    expect(await platesOf('8ABC*', false)).toEqual(['8ABC123']);
  });
});
