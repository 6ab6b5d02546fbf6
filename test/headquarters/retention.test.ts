import { expect, test } from 'vitest';
import {
  previewPurge,
  purgeNow,
  type RetentionStatus,
  showRetention,
} from '../../src/accountability/retention/operations.ts';
import type { Fix } from '../../src/position/fix.ts';
import { noImages, sampleDetection, sampleFix, sampleHit } from '../records/samples.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const dayMs = 86_400_000;
const days = (minDays: number, maxDays: number) => ({ minDays, maxDays });
const surveyed: Fix = { ...sampleFix, quality: 'surveyed', source: 'fixed' };
/** Poles keep reads for ten days and hits for a year; cars keep both for a hundred. */
const overrides = {
  retention: {
    reads: days(0, 50),
    sources: {
      fixed: { reads: days(0, 10), hits: days(0, 365) },
      mobile: { reads: days(30, 100), hits: days(30, 100) },
    },
  },
};

/** Each source's longest time for reads, as "front of poles: 10 days, 2 here". */
const readTimes = ({ sources }: RetentionStatus) =>
  sources.flatMap(({ name, kinds }) =>
    kinds
      .filter(({ kind }) => kind === 'reads')
      .map(({ maxDays, count }) => `${name}: ${maxDays} days, ${count} here`),
  );

test.skipIf(missingMosquitto)(
  'RET-5: headquarters keeps each read for the time of what its unit is, a car or a pole, though their cameras have one name',
  { timeout: 180_000 },
  async () => {
    const department = await openDepartment({ overrides });
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const seen = async (
      unitId: string,
      daysAgo: number,
      changes: { fix: Fix; hit?: boolean },
    ): Promise<string> => {
      const { fix, hit = false } = changes;
      const atMs = Date.now() - daysAgo * dayMs;
      const detection = sampleDetection({
        ...{ unit: unitId, fix, closed: true },
        firstSeen: new Date(atMs - 1000).toISOString(),
        lastSeen: new Date(atMs).toISOString(),
      });
      const unit = units[unitId];
      const hits = hit ? [sampleHit(detection)] : [];
      await unit?.records.storeHits({ hits, detection, images: noImages });
      return detection.id;
    };
    const units = {
      'unit-7': department.unit('unit-7', () => ({ mode: 'mobile' })),
      'pole-3': department.unit('pole-3', () => ({ mode: 'fixed' })),
    } as Record<string, ReturnType<typeof department.unit>>;
    for (const unit of Object.values(units)) await unit.uplink.start();

    const ofCar = await seen('unit-7', 11, { fix: sampleFix });
    const hitOfCar = await seen('unit-7', 60, { fix: sampleFix, hit: true });
    await seen('unit-7', 101, { fix: sampleFix });
    const ofPole = await seen('pole-3', 9, { fix: surveyed });
    await seen('pole-3', 11, { fix: surveyed });
    const hitOfPole = await seen('pole-3', 200, { fix: surveyed, hit: true });
    for (const [id, { outbox }] of Object.entries(units)) {
      await waitFor(() => outbox.status().waiting === 0, { what: `${id}’s outbox` });
    }
    const rest = [ofCar, hitOfCar, ofPole, hitOfPole].sort();

    expect(readTimes(await perform(showRetention, {}))).toEqual([
      'front of poles: 10 days, 2 here',
      'front of cars: 100 days, 2 here',
      'flock: 30 days, 0 here',
    ]);
    const preview = await perform(previewPurge, {});
    expect(preview.goes.map(({ rule, detections }) => `${detections} by ${rule}`).sort()).toEqual([
      '1 by retention.sources.fixed.reads.maxDays',
      '1 by retention.sources.mobile.reads.maxDays',
    ]);
    await perform(purgeNow, {});
    const ids = () =>
      department
        .rows<{ id: string }>('lookout.db', 'SELECT id FROM detection ORDER BY id')
        .map(({ id }) => id);
    expect(ids()).toEqual(rest);

    // An order too: what a pole has may go before what a car has may.
    const decided = { decision: 'no longer needed', decidedBy: 'Custodian Lee' };
    const tooYoung = perform(purgeNow, { olderThanDays: 5, head: 'front', ...decided });
    await expect(tooYoung).rejects.toThrow(/front of cars are kept for at least 30 days/);
    await perform(purgeNow, { olderThanDays: 5, head: 'front', mode: 'fixed', ...decided });
    expect(ids()).toEqual([ofCar, hitOfCar].sort());
  },
);
