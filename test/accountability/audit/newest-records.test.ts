import { expect, test } from 'vitest';
import { countByKind, newestRecords } from '../../../src/accountability/audit/newest-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openLog, openRaw, sampleEntry } from './open-log.ts';

test('of a long log the newest records of a rare kind, person and plate are found, page by page, and all kinds counted', async () => {
  const dataDir = temporaryFolder();
  const log = openLog(dataDir);
  const { seq: begin } = log.append(sampleEntry());
  const db = openRaw(dataDir);
  const copy = db.prepare(
    "INSERT INTO record SELECT ?, json_set(body, '$.seq', ?, '$.category', ?, '$.who.username', ?, '$.query.plate', ?, '$.at', ?), hash, seal FROM record WHERE seq = ?",
  );
  const isLook = (seq: number) => seq % 3000 === 0;
  db.transaction(() => {
    for (let seq = begin + 1; seq <= 12_001; seq += 1) {
      const at = new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
      copy.run(
        seq,
        seq,
        isLook(seq) ? 'Detection Browsing' : 'System',
        isLook(seq) ? 'reyes' : 'unit',
        isLook(seq) ? '7 xyz-123' : '8ABC123',
        at,
        begin,
      );
    }
  })();
  db.close();

  const numbers = async (filter: object, page: { limit: number; before?: number }) =>
    (await newestRecords(log, filter, page)).map(({ seq }) => seq);
  expect(await numbers({ kind: 'looks' }, { limit: 3 })).toEqual([12_000, 9000, 6000]);
  expect(await numbers({ kind: 'looks' }, { limit: 3, before: 6000 })).toEqual([3000, begin]);
  expect(await numbers({ plate: '7XYZ123' }, { limit: 9 })).toEqual([12_000, 9000, 6000, 3000]);
  expect(await numbers({ username: 'reyes', kind: 'unit' }, { limit: 9 })).toEqual([]);
  expect(await numbers({}, { limit: 2, before: 5001 })).toEqual([5000, 4999]);

  const all = 12_001;
  const none = await countByKind(log, {});
  expect(none).toMatchObject({ looks: 5, accounts: 0 });
  expect(Object.values(none).reduce((sum, count) => sum + count)).toBe(all);
  // A kind is what the others are counted beside; it leaves none of them out.
  expect(await countByKind(log, { kind: 'looks' })).toEqual(none);
  expect(await countByKind(log, { username: 'reyes' })).toMatchObject({ looks: 4, unit: 0 });
  expect(log.people()).toEqual([
    { username: 'doe', name: 'J. Doe' },
    { username: 'reyes', name: 'J. Doe' },
    { username: 'unit', name: expect.any(String) },
  ]);
});
