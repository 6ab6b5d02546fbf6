import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeEvidence } from '../../src/accountability/evidence/operations.ts';
import { verifyPackage } from '../../src/accountability/evidence/verify-package.ts';
import { previewPurge, setHold } from '../../src/accountability/retention/operations.ts';
import {
  openDetection,
  openImages,
  searchDetections,
} from '../../src/accountability/search/operations.ts';
import { openLinked } from '../accountability/retention/open-linked.ts';
import { profile } from '../accountability/retention/open-retention.ts';
import { imageFilesOf } from '../records/open-records.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const inquiry = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary series' };

describe.skipIf(missingMosquitto)('a unit that keeps nothing', { timeout: 180_000 }, () => {
  test('RET-6: it lets nothing go before headquarters has it, also when it is cut off in between; then headquarters finds, opens, holds and packs it', async () => {
    const department = await openDepartment({ profile: 'napa' });
    const dataDir = join(department.folder, 'unit-7');
    const open = () =>
      openLinked(department.folder, dataDir, profile('napa'), { mosquitto: department.mosquitto });
    const unit = await open();
    const seen = await unit.passing(0, { kept: false, plate: '8LVN362' });
    const hit = await unit.passing(0, { kept: false, hit: true });
    await waitFor(() => unit.uplink.health().connected, { what: 'the link to the broker' });
    await unit.retention.run();
    expect(unit.ids()).toHaveLength(2);
    // It has published to the broker, which headquarters has not read, and its power goes.
    await unit.stop();
    const again = await open();
    await again.retention.run();
    expect(again.ids()).toHaveLength(2);
    expect(imageFilesOf(dataDir)).toHaveLength(6);

    const { headquarters } = await department.startHeadquarters();
    await waitFor(() => again.ids().length === 0, { timeoutMs: 60_000, what: 'letting go' });
    await waitFor(() => imageFilesOf(dataDir).length === 0, { what: 'the files to go' });

    const perform = await asAda(headquarters);
    const found = await perform(searchDetections, { plate: '8LVN362' }, inquiry);
    expect(found.detections).toMatchObject([{ id: seen.id, unit: 'unit-7' }]);
    const opened = await perform(openDetection, { id: hit.id }, inquiry);
    expect(opened.hits.map(({ id }) => id)).toEqual(hit.hits.map(({ id }) => id));
    const ids = found.detections.flatMap(({ images }) => images.map(({ id }) => id));
    expect(ids).toHaveLength(3);
    const { images } = await perform(openImages, { ids }, inquiry);
    expect(images.every(({ jpeg }) => jpeg !== null)).toBe(true);
    const scope = { kind: 'plate', plate: '8LVN362' } as const;
    const held = await perform(setHold, { scope, reason: 'evidence in the case' }, inquiry);
    expect(held.reach.detections).toBe(1);
    // The years of headquarters are not those of the unit: nothing goes at once here.
    expect(await perform(previewPurge, {})).toMatchObject({ goes: [] });
    const made = await perform(makeEvidence, { detectionIds: [seen.id, hit.id] }, inquiry);
    expect(made.contents).toMatchObject({ detections: 2, images: 6 });
    const folder = join(department.dataDir, 'evidence', made.id);
    expect(await verifyPackage(folder)).toMatchObject({ sound: true });
  });
});
