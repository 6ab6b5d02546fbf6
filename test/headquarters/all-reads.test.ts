import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/accountability/audit/audit-record.ts';
import { beforeAll as beginning, linkOf } from '../../src/accountability/audit/chain.ts';
import { listEvidence, makeEvidence } from '../../src/accountability/evidence/operations.ts';
import { verifyPackage } from '../../src/accountability/evidence/verify-package.ts';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
} from '../../src/accountability/releases/operations.ts';
import {
  previewPurge,
  setHold,
  showRetention,
} from '../../src/accountability/retention/operations.ts';
import {
  findInArea,
  followVehicle,
  openDetection,
  openImages,
  overviewDetections,
  searchDetections,
} from '../../src/accountability/search/operations.ts';
import { sampleEntry } from '../accountability/audit/open-log.ts';
import { sampleDetection, sampleFix, sampleImages } from '../records/samples.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, asHired, openDepartment } from './department.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const inquiry = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary series' };
const hourMs = 3_600_000;
const key = Buffer.alloc(32);
const places: Record<string, [number, number]> = {
  'unit-7': [38.1, -122.25],
  'unit-8': [38.12, -122.2],
  'pole-3': [38.11, -122.22],
};

describe.skipIf(missingMosquitto)(
  'the reads of all units at headquarters',
  { timeout: 180_000 },
  () => {
    test.each(['vallejo', 'strict'])(
      'SRC-1 SRC-3 RET-9: under %s two cars and a pole are searched, followed, held, packed with pictures, and released as one',
      async (profile) => {
        const department = await openDepartment({ profile });
        const { headquarters } = await department.startHeadquarters();
        const perform = await asAda(headquarters);
        const startMs = Date.now() - 6 * hourMs;
        const ids: string[] = [];
        for (const [at, id] of Object.keys(places).entries()) {
          const unit = department.unit(id);
          await unit.uplink.start();
          const [latitude, longitude] = places[id] ?? [0, 0];
          const seenMs = startMs + at * hourMs;
          const detection = sampleDetection({
            unit: id,
            firstSeen: new Date(seenMs - 1000).toISOString(),
            lastSeen: new Date(seenMs).toISOString(),
            fix: { ...sampleFix, latitude, longitude, fixedAtMs: seenMs - 120 },
            closed: true,
          });
          ids.push(detection.id);
          await unit.records.storeHits({ hits: [], detection, images: await sampleImages(at + 1) });
          // Somebody looked at it on the unit.
          const looked = linkOf(
            sampleEntry({ operation: 'detections.open', object: `detection ${detection.id}` }),
            beginning,
            { at: new Date(seenMs).toISOString(), unit: { agency: 'test-pd', id }, key },
          );
          unit.outbox.add({
            ...{ id: uuidv7(), lane: 'audit', topic: 'audit' },
            json: JSON.stringify(looked.record),
          });
          await waitFor(() => unit.outbox.status().waiting === 0, { what: `${id}’s outbox` });
        }
        const plate = '8ABC123';
        const found = await perform(searchDetections, { plate }, inquiry);
        expect(found.detections.map(({ unit }) => unit)).toEqual(['pole-3', 'unit-8', 'unit-7']);
        expect(found.detections.every(({ images }) => images.length === 3)).toBe(true);
        const ofPole = await perform(searchDetections, { plate, unit: 'pole-3' }, inquiry);
        expect(ofPole.detections).toHaveLength(1);
        expect((await perform(overviewDetections, { plate }, inquiry)).reads).toHaveLength(3);
        const path = await perform(followVehicle, { plate }, inquiry);
        expect(path.detections.map(({ unit }) => unit)).toEqual(['unit-7', 'unit-8', 'pole-3']);
        const area = {
          kind: 'box',
          south: 38.09,
          west: -122.23,
          north: 38.13,
          east: -122.1,
        } as const;
        const span = {
          from: new Date(startMs - hourMs).toISOString(),
          to: new Date().toISOString(),
        };
        expect(await perform(findInArea, { area, ...span }, inquiry)).toMatchObject({
          detections: 2,
          vehicles: [{ plate, times: 2 }],
        });
        const [first = ''] = ids;
        expect((await perform(openDetection, { id: first }, inquiry)).detection.unit).toBe(
          'unit-7',
        );
        const pictures = found.detections.map(({ images }) => images[0]?.id ?? '');
        const { images } = await perform(openImages, { ids: pictures }, inquiry);
        expect(images.every(({ jpeg }) => jpeg !== null)).toBe(true);

        const held = await perform(
          setHold,
          { scope: { kind: 'plate', plate }, reason: 'evidence in the case' },
          inquiry,
        );
        expect(held.reach.detections).toBe(3);
        const preview = await perform(previewPurge, { olderThanDays: 0 });
        expect(preview).toMatchObject({ goes: [], kept: { held: 3 } });
        const { sources } = await perform(showRetention, {});
        expect(sources[0]).toMatchObject({ source: 'front', is: 'camera' });

        const made = await perform(makeEvidence, { detectionIds: ids }, inquiry);
        expect(made.contents).toMatchObject({ detections: 3, images: 9 });
        const folder = join(department.dataDir, 'evidence', made.id);
        expect(await verifyPackage(folder)).toMatchObject({ sound: true });
        const text = readFileSync(join(folder, 'volume-1', 'records.json'), 'utf8');
        for (const id of Object.keys(places)) expect(text).toContain(`"unit": "${id}"`);
        const audit = JSON.parse(readFileSync(join(folder, 'volume-1', 'audit.json'), 'utf8'));
        const lookedOn = (audit as AuditRecord[]).filter(({ seq }) => seq === 1);
        expect(lookedOn.map(({ unit }) => unit)).toEqual(Object.keys(places));
        expect((await perform(listEvidence, {})).length).toBe(1);

        const request = await perform(requestRelease, {
          ...{ agency: 'Solano County Sheriff', person: 'Det. Lee', data: 'Reads of one plate' },
          ...{ purpose: 'Burglaries in the county', reference: 'Letter', kind: 'law_enforcement' },
          covers: { plates: [plate], spans: [{ from: '2026-01-01', to: '2099-12-31' }] },
        });
        await perform(verifyRelease, { id: request.number, how: 'called back' });
        const approval = { id: request.number, why: 'need to know', valuesActConsidered: true };
        const chief = await asHired(headquarters, 'kay', 'chief');
        await chief(approveRelease, approval);
        const released = await perform(
          makeEvidence,
          { detectionIds: ids, release: request.number, recipient: 'Solano County Sheriff' },
          inquiry,
        );
        expect(released.contents).toMatchObject({ detections: 3, images: 9 });
        expect(
          await verifyPackage(join(department.dataDir, 'evidence', released.id)),
        ).toMatchObject({
          sound: true,
        });
      },
    );
  },
);
