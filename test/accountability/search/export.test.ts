import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { exportDetections } from '../../../src/accountability/search/operations.ts';
import type { exportSchema } from '../../../src/accountability/search/query.ts';
import { openRecords } from '../../records/open-records.ts';
import { inZone } from '../../support/in-zone.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { workbookRows } from '../../support/workbook-rows.ts';
import { insertPassings, openSearch, type Passing } from './open-search.ts';

type ExportInput = z.input<typeof exportSchema>;

const analyst = { role: 'crime_analyst', username: 'lee' } as const;

function unitThatSaw(...passings: Passing[]) {
  const dataDir = temporaryFolder();
  const { db } = openRecords(dataDir);
  insertPassings(db, passings);
  const opened = openSearch(dataDir);
  const exported = async (
    format: ExportInput['format'],
    query: Omit<ExportInput, 'format'> = {},
  ) => {
    const answer = await opened.perform(analyst, exportDetections, { format, ...query });
    return { ...answer, text: Buffer.from(answer.bytes).toString() };
  };
  return { ...opened, db, exported };
}

const passings: Passing[] = [
  { plate: '8ABC123', at: '2026-03-01T08:00:00Z', place: [38.1, -122.25] },
  { plate: null, at: '2026-03-01T09:00:00Z', place: null },
];

describe('SRC-2: results leave the unit as tables, GeoJSON and KML', () => {
  it('AUD-11: CSV names plate, place and time, who took it out and who oversees it', async () => {
    inZone('America/Los_Angeles');
    const { exported, records } = unitThatSaw(...passings);
    const { text, fileName, contentType } = await exported('csv');
    expect(contentType).toContain('text/csv');
    expect(fileName).toMatch(/^detections-unit-7-[\dTZ-]+\.csv$/);
    const [header, unread, read] = text.split('\r\n');
    expect(header).toMatch(
      /^\uFEFFplate,state,confidence,unread,first_seen,last_seen,latitude,longitude/,
    );
    expect(read).toContain(
      '8ABC123,CA,0.97,,2026-02-28 23:59:59 -08:00,2026-03-01 00:00:00 -08:00,38.1,-122.25',
    );
    expect(read).toContain('ALPR Administrator: P. Poe,Test lee (lee)');
    expect(unread).toMatch(/^,,,low_confidence/);
    expect(records.at(-1)).toMatchObject({
      category: 'Export',
      results: 2,
      query: { format: 'csv' },
    });
  });

  it('text that a spreadsheet would take for a formula is defused', async () => {
    const { exported } = unitThatSaw({
      at: '2026-03-01T08:00:00Z',
      make: '=HYPERLINK("http://example.org")',
      head: '@front',
    });
    const { text } = await exported('csv');
    expect(text).toContain(`"'=HYPERLINK(""http://example.org"")"`);
    expect(text).toContain(",'@front,");
    // A number below zero is a number.
    expect(text).toContain(',-122.25,');
  });

  it('a plate that looks like a number or a day opens as the text that it is', async () => {
    const odd = ['0012345', '1E10', 'MAR12'];
    const { exported } = unitThatSaw(
      ...odd.map((plate, hour) => ({ plate, at: `2026-03-01T0${hour}:00:00Z`, head: 'Peña' })),
    );
    const csv = await exported('csv');
    // Byte order mark: without it "Peña" is read as "PeÃ±a".
    expect([...csv.bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    for (const plate of odd) expect(csv.text).toContain(`\n'${plate},`);

    const workbook = await exported('xlsx');
    expect(workbook.fileName).toMatch(/\.xlsx$/);
    const rows = await workbookRows(workbook.bytes);
    expect(rows[0]?.slice(0, 2).map(({ value }) => value)).toEqual(['plate', 'state']);
    expect(rows.slice(1).map(([plate]) => plate)).toEqual(
      odd.toReversed().map((value) => ({ value, type: 'text' })),
    );
    expect(rows[1]).toContainEqual({ value: 'Peña', type: 'text' });
    expect(rows[1]).toContainEqual({ value: '-122.25', type: 'number' });
  });

  it('times are in UTC on demand, in every form', async () => {
    inZone('America/Los_Angeles');
    const { exported } = unitThatSaw(...passings);
    for (const format of ['csv', 'kml'] as const) {
      const { text } = await exported(format, { utc: true });
      expect(text).toContain('2026-03-01 08:00:00 +00:00');
      expect(text).not.toContain('-08:00');
    }
    const rows = await workbookRows((await exported('xlsx', { utc: true })).bytes);
    expect(rows[2]).toContainEqual({ value: '2026-03-01 08:00:00 +00:00', type: 'text' });
  });

  it('GeoJSON has longitude first, and no geometry where there was no fix', async () => {
    const { exported } = unitThatSaw(...passings);
    const { text, contentType } = await exported('geojson');
    expect(contentType).toBe('application/geo+json');
    const { features, note } = JSON.parse(text);
    expect(note).toMatchObject({ purpose: 'investigation', caseNumber: '26-0042' });
    expect(features[1]).toMatchObject({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [-122.25, 38.1] },
      properties: { plate: '8ABC123', lastSeen: '2026-03-01T08:00:00.000Z' },
    });
    expect(features[0].geometry).toBeNull();
  });

  it('each form says in words which area was searched', async () => {
    const { exported } = unitThatSaw(...passings);
    const circle = { kind: 'circle', latitude: 38.1, longitude: -122.25, radiusM: 500 } as const;
    const points = [
      { latitude: 38, longitude: -122.3 },
      { latitude: 38.2, longitude: -122.3 },
      { latitude: 38.2, longitude: -122.2 },
    ];
    const polygon = { kind: 'polygon', points } as const;
    const [header, row] = (await exported('csv', { area: circle })).text.split('\r\n');
    expect(header).toMatch(/,area$/);
    expect(row).toContain('a circle of 500 m round 38.1, -122.25');
    const words = 'a polygon of 3 corners: 38, -122.3; 38.2, -122.3; 38.2, -122.2';
    expect(JSON.parse((await exported('geojson', { area: polygon })).text).note.area).toBe(words);
    expect((await exported('kml', { area: polygon })).text).toContain(`area: ${words}`);
    expect(JSON.parse((await exported('geojson')).text).note.area).toBeNull();
  });

  it('KML has a placemark with its time for each place, and text cannot break out of it', async () => {
    const { exported } = unitThatSaw(...passings, {
      at: '2026-03-01T10:00:00Z',
      head: '</value><script>&',
    });
    const { text } = await exported('kml');
    expect(text.match(/<Placemark>/g)).toHaveLength(2);
    expect(text).toContain('<coordinates>-122.25,38.1</coordinates>');
    expect(text).toContain('<when>2026-03-01T08:00:00.000Z</when>');
    expect(text).toContain('&lt;/value&gt;&lt;script&gt;&amp;');
    expect(text).not.toContain('<script>');
  });

  it('takes a query like a search, and only from who may export', async () => {
    const { exported, perform } = unitThatSaw(...passings);
    const { text } = await exported('csv', { plate: '8AB*' });
    expect(text.trim().split('\r\n')).toHaveLength(2);
    await expect(
      perform({ role: 'officer', permissions: ['detections.search'] }, exportDetections, {
        format: 'csv',
      }),
    ).rejects.toThrow(/results.export/);
  });
});
