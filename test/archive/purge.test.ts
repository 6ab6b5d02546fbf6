import { describe, expect, test } from 'vitest';
import { now, openRetention, profile } from '../accountability/retention/open-retention.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startArchive, waitingIn, whenFull } from './filled.ts';
import { missingPostgres } from './postgres.ts';
import { usePostgres } from './use-postgres.ts';

if (missingPostgres) console.warn(`skipped: ${missingPostgres}`);

describe.skipIf(missingPostgres)('what policy deletes', { timeout: 90_000 }, () => {
  const postgres = usePostgres();

  /** What the archive holds of these detections, and all plates. */
  async function archived(database: string) {
    const of = async (table: string, column: string) =>
      (
        await postgres.run<{ value: string }>(
          database,
          `SELECT DISTINCT ${column}::text AS value FROM lookout.${table} ORDER BY 1`,
        )
      ).map(({ value }) => value);
    return {
      detections: await of('archived_detection', 'id'),
      hits: await of('archived_hit', 'detection_id'),
      images: await of('archived_image', 'detection_id'),
      plates: await of('archived_plate', 'plate'),
    };
  }

  test('RET-1: goes from the archive as well, with hits, pictures and plates, and what is held stays', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    const held = await unit.passing(400, { plate: '7XYZ999' });
    unit.holds.set({
      ...{ scope: { kind: 'plate', plate: '7XYZ999' }, caseNumber: '26-0042', reason: 'evidence' },
      ...{ by: 'Test', nowMs: now },
    });
    await unit.passing(400, { plate: '5OLD111' });
    await unit.passing(400, { plate: '5OLD222', hit: true });
    const young = await unit.passing(10, { plate: '8NEW333', hit: true });
    const archive = await postgres.database('purged');
    startArchive(dataDir, archive);
    await whenFull(dataDir);
    expect((await archived('purged')).plates).toHaveLength(4);

    await unit.retention.run();
    await whenFull(dataDir);
    const left = [held.id, young.id].sort();
    expect(await archived('purged')).toEqual({
      ...{ detections: left, hits: [young.id], images: left },
      plates: ['7XYZ999', '8NEW333'],
    });
  });

  test('RET-1: while PostgreSQL is off is found nowhere, and goes from the archive once that is back', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    await unit.passing(400, { plate: '5OLD111', hit: true });
    const archive = await postgres.database('away');
    const running = startArchive(dataDir, archive);
    await whenFull(dataDir);
    postgres.stop('immediate');
    try {
      await unit.retention.run();
      expect(waitingIn(dataDir)).toBe(1);
      await expect.poll(() => running.health().state).toBe('away');
    } finally {
      postgres.start();
    }
    await whenFull(dataDir);
    expect(await archived('away')).toEqual({ detections: [], hits: [], images: [], plates: [] });
  });
});
