import { describe, expect, it } from 'vitest';
import { overviewDetections } from '../../../src/accountability/search/operations.ts';
import { openRecords } from '../../records/open-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { insertPassings, openSearch } from './open-search.ts';

const detective = { role: 'detective' } as const;

describe('SRC-2: all that a search finds, for the map and by time', () => {
  it('is what the search finds, without a page, newest first, and is recorded as a look', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    insertPassings(db, [
      { plate: '8ABC123', at: '2026-03-01T08:00:00Z', place: [38.1, -122.25], hit: true },
      { plate: '8ABC124', at: '2026-03-01T09:00:00Z', place: null },
      { plate: '6XYZ999', at: '2026-03-01T10:00:00Z' },
      { plate: null, at: '2026-03-01T11:00:00Z', place: [39, -122] },
    ]);
    const { perform, records } = openSearch(dataDir);
    const { reads, more, span } = await perform(detective, overviewDetections, { plate: '8ABC*' });
    expect(reads).toEqual([
      expect.objectContaining({ plate: '8ABC124', latitude: null, hit: false }),
      expect.objectContaining({
        ...{ plate: '8ABC123', latitude: 38.1, longitude: -122.25, hit: true },
        lastSeen: '2026-03-01T08:00:00.000Z',
      }),
    ]);
    expect(more).toBe(false);
    expect(span.text).toContain('first record');
    expect(records.at(-1)).toMatchObject({
      ...{ category: 'Detection Browsing', operation: 'detections.overview', results: 2 },
      query: { plate: '8ABC*' },
    });
    const area = { kind: 'box', south: 38.5, west: -123, north: 40, east: -121 } as const;
    const inArea = await perform(detective, overviewDetections, { area });
    expect(inArea.reads).toMatchObject([{ plate: null, latitude: 39, longitude: -122 }]);
    const none = await perform(detective, overviewDetections, { plate: '9*' });
    expect(none.notes.join(' ')).toContain('This unit keeps');
  });

  it('holds 10,000 at most, the newest, and says that there are more', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    const [id = ''] = insertPassings(db, [{ plate: '8ABC123', at: '2026-01-01T00:00:00Z' }]);
    db.prepare(
      `INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, plate, latitude, longitude, closed, body)
       WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10500)
       SELECT printf('%s%012x', substr(id, 1, 24), i), head, first_seen_ms + i * 1000, last_seen_ms + i * 1000,
         plate, latitude, longitude, 1, body FROM detection, n WHERE id = ?`,
    ).run(id);
    const { perform } = openSearch(dataDir, 60_000);
    const { reads, more } = await perform(detective, overviewDetections, {});
    expect([reads.length, more]).toEqual([10_000, true]);
    expect(reads[0]?.lastSeen).toBe('2026-01-01T02:55:00.000Z');
  });

  it('needs the right to search', async () => {
    const dataDir = temporaryFolder();
    openRecords(dataDir);
    const { perform } = openSearch(dataDir);
    const stranger = { role: 'officer', permissions: ['images.view'] } as const;
    await expect(
      perform({ ...stranger, permissions: [...stranger.permissions] }, overviewDetections, {}),
    ).rejects.toThrow(/detections.search/);
  });
});
