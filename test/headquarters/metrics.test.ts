import { expect, test } from 'vitest';
import type { HeadquartersStatus } from '../../src/headquarters/headquarters-status.ts';
import { headquartersMetrics } from '../../src/headquarters/metrics.ts';
import { listedAndServed } from '../support/metrics-page.ts';

/** What the metrics read of a status in which every part has something to say. */
const status = {
  ...{ uptimeS: 90, residentMiB: 200, problems: [], undisposed: 2 },
  broker: { connected: true, connections: 1, problem: null },
  intake: { detections: 3, hits: 1, images: 9, repeats: 0, refused: 0, waiting: 0, problem: null },
  archive: {
    ...{ state: 'following', waiting: 2, behindS: 1, copied: 3, toFill: 0, problem: null },
    searches: { byArchive: 5, byOwnFiles: 1 },
  },
  units: [{ unit: 'unit-7', state: 'online' }],
} as unknown as HeadquartersStatus;

test('METRICS.md lists each figure of headquarters with its labels, and no other', async () => {
  const text = await headquartersMetrics(status);
  const { listed, served } = listedAndServed('src/headquarters/METRICS.md', text);
  expect(listed).toEqual(served);
  expect(text).toContain('lookout_archive_searches_total{answered_by="own files"} 1\n');
});
