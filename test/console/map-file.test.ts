import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installMap, readMap, removeMap } from '../../src/console/map-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Layer, townMap, townMapBytes } from '../support/town-map.ts';

/** A map whose header says something else. */
const altered = (change: (bytes: Buffer) => void) => (): string => {
  const path = townMap();
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
  return path;
};

const parcel: Layer = {
  ...{ name: 'parcels', type: 'line', kind: 'x' },
  points: [
    [-122.25, 38.1],
    [-122.24, 38.1],
  ],
};

describe('the map of an agency is one file, which is checked before it is used', () => {
  test('a map is described by its header, and whose data it shows is text', async () => {
    expect(await readMap(townMap())).toMatchObject({
      ...{ kind: 'vector', tiles: 'mvt', minZoom: 10, maxZoom: 14, name: 'Test town' },
      bounds: { south: 38.08, west: -122.3, north: 38.13, east: -122.21 },
      attribution: '© OpenStreetMap contributors',
    });
    expect(await readMap(townMap({ compression: 'none', attribution: null }))).toMatchObject({
      attribution: '© OpenStreetMap',
    });
    const pictures = { type: 2, bytes: Uint8Array.from([137, 80, 78, 71]) };
    expect(await readMap(townMap({ pictures }))).toMatchObject({ kind: 'raster', tiles: 'png' });
  });

  test.each<[string, () => string, RegExp]>([
    ['another file', altered((bytes) => bytes.fill(0x20, 0, 7)), /is not a PMTiles file/],
    ['an earlier version', altered((bytes) => bytes.fill(2, 7, 8)), /is not a PMTiles file/],
    ['unknown tiles', altered((bytes) => bytes.fill(0, 99, 100)), /the page cannot draw/],
    ['zstd', altered((bytes) => bytes.fill(4, 98, 99)), /use gzip/],
    ['no area', altered((bytes) => bytes.fill(0, 102, 118)), /covers no area/],
    ['zooms upside down', altered((bytes) => bytes.fill(20, 100, 101)), /covers no area/],
    ['a damaged directory', altered((bytes) => bytes.fill(0xff, 130, 160)), /cannot be unpacked/],
    ['no layers', () => townMap({ layers: [] }), /none of the layers/],
    ['other layers', () => townMap({ layers: [parcel] }), /none of the layers roads/],
    ['a file that is not there', () => join(temporaryFolder(), 'none.pmtiles'), /does not exist/],
    ['a folder', temporaryFolder, /it is a folder/],
  ])('%s is refused', async (_, make, words) => {
    const path = make();
    await expect(readMap(path)).rejects.toThrow(words);
    await expect(readMap(path)).rejects.toThrow(`map ${path}: `);
  });

  test('a file that was cut off anywhere is refused, and the map before it stays', async () => {
    const place = join(temporaryFolder(), 'map.pmtiles');
    await installMap(townMap(), place);
    const before = readFileSync(place);
    const { length } = townMapBytes();
    for (const kept of [0, 5, 126, 127, 300, Math.floor(length / 2), length - 1]) {
      const cut = townMap();
      truncateSync(cut, kept);
      await expect(installMap(cut, place)).rejects.toThrow(/is cut off|is not a PMTiles file/);
    }
    expect(readFileSync(place).equals(before)).toBe(true);
    expect(readdirSync(dirname(place))).toEqual(['map.pmtiles']);
  });

  test('a new map takes the place of the old one as a whole, and is readable to all', async () => {
    const place = join(temporaryFolder(), 'map.pmtiles');
    await installMap(townMap(), place);
    const bytes = townMapBytes({ compression: 'none' });
    await installMap(townMap({ compression: 'none' }), place);
    expect(readFileSync(place).equals(bytes)).toBe(true);
    expect(statSync(place).mode & 0o777).toBe(0o644);
    expect(await removeMap(place)).toBe(true);
    expect(await removeMap(place)).toBe(false);
  });

  test('a folder that is not there is named', async () => {
    const place = join(temporaryFolder(), 'nowhere', 'map.pmtiles');
    await expect(installMap(townMap(), place)).rejects.toThrow(
      /cannot be written \(it does not exist\)/,
    );
  });
});
