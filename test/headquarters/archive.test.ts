import { describe, expect, test } from 'vitest';
import { searchDetections } from '../../src/accountability/search/operations.ts';
import { describeHeadquarters } from '../../src/cli/headquarters-text.ts';
import { archiveSaid } from '../../src/diagnostics/archive-checks.ts';
import type { Headquarters } from '../../src/headquarters/headquarters.ts';
import { missingPostgres } from '../archive/postgres.ts';
import { usePostgres } from '../archive/use-postgres.ts';
import { sampleDetection, sampleImages } from '../records/samples.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';

const missing = missingMosquitto || missingPostgres;
if (missing) console.warn(`skipped: ${missing}`);

const inquiry = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary series' };

describe.skipIf(missing)('headquarters with an archive', { timeout: 180_000 }, () => {
  const postgres = usePostgres();

  const archived = async () => {
    const sql = 'SELECT count(*) AS n FROM lookout.archived_detection';
    return Number((await postgres.run<{ n: string }>('department', sql))[0]?.n);
  };
  const holdsAll = async (headquarters: Headquarters, count: number) => {
    // The figures are of a moment before.
    await waitFor(
      async () => {
        const { archive } = headquarters.status();
        return (
          archive?.state === 'following' && archive.waiting === 0 && (await archived()) === count
        );
      },
      { what: `an archive of ${count}`, timeoutMs: 60_000 },
    );
  };

  test('SRC-5: what units send is found in it; while PostgreSQL is off nothing is lost or waits, it is told, and the rest follows', async () => {
    const archive = await postgres.database('department');
    const department = await openDepartment({ archive });
    const { headquarters, stop } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    const send = async (count: number) => {
      for (let at = 0; at < count; at += 1) {
        const detection = sampleDetection({ unit: 'unit-7', closed: true });
        await unit.records.storeHits({ hits: [], detection, images: await sampleImages(at + 1) });
      }
      await waitFor(() => unit.outbox.status().waiting === 0, { what: 'the unit’s outbox' });
    };
    const found = async () =>
      (await perform(searchDetections, { plate: '8ABC123' }, inquiry)).detections;
    const searches = () => headquarters.status().archive?.searches;
    const saidByDoctor = () => archiveSaid(headquarters.status())[0];

    await send(3);
    await holdsAll(headquarters, 3);
    expect((await found()).map(({ images }) => images.length)).toEqual([3, 3, 3]);
    expect(searches()).toEqual({ byArchive: 1, byOwnFiles: 0 });
    expect(headquarters.status().problems).toEqual([]);
    expect(saidByDoctor()).toMatchObject({ result: 'ok' });
    expect(describeHeadquarters(headquarters.status())).toContain(
      'Archive in PostgreSQL has all; it answered 1 of 1 searches\n',
    );

    postgres.stop('immediate');
    try {
      await send(2);
      expect(await found()).toHaveLength(5);
      expect(searches()).toEqual({ byArchive: 1, byOwnFiles: 1 });
      await expect
        .poll(() => headquarters.status().problems)
        .toEqual([expect.stringMatching(/^archive: PostgreSQL at .+ is not used now: /)]);
      expect(saidByDoctor()).toMatchObject({ check: 'archive', result: 'failure' });
      await expect
        .poll(() => describeHeadquarters(headquarters.status()))
        .toContain(
          'Archive in PostgreSQL is away, 2 detections wait; it answered 1 of 2 searches\n',
        );
    } finally {
      postgres.start();
    }
    await holdsAll(headquarters, 5);
    expect(headquarters.status().problems).toEqual([]);
    await expect.poll(async () => [(await found()).length, searches()?.byArchive]).toEqual([5, 2]);

    // A restart of headquarters begins where it was: nothing is written twice.
    await stop();
    await send(0);
    const again = await department.startHeadquarters();
    await holdsAll(again.headquarters, 5);
    expect(again.headquarters.status().archive?.copied).toBe(0);
  });
});
