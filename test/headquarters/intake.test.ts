import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { openDetection, searchDetections } from '../../src/accountability/search/operations.ts';
import type { Detection } from '../../src/records/detection.ts';
import { imagePathOf } from '../../src/records/image-files.ts';
import { sampleDetection, sampleHit, sampleImages } from '../records/samples.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const inquiry = { purpose: 'investigation', caseNumber: '26-0042' };

describe.skipIf(missingMosquitto)('what units send', { timeout: 120_000 }, () => {
  const empty = (unit: { outbox: { status(): { waiting: number } } }) =>
    waitFor(() => unit.outbox.status().waiting === 0, {
      timeoutMs: 60_000,
      what: 'an empty outbox of the unit',
    });
  /** A vehicle that passed that unit, now. */
  const passed = (unit: string, changes: Partial<Detection> = {}) => {
    const at = new Date().toISOString();
    return sampleDetection({ unit, firstSeen: at, lastSeen: at, closed: true, ...changes });
  };

  test('SRC-1: is found by one search over all units, each record once and with its pictures', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const images = await sampleImages(1);
    for (const id of ['unit-7', 'pole-3']) {
      const unit = department.unit(id);
      await unit.uplink.start();
      await unit.records.storeDetection({ detection: passed(id), images });
      await empty(unit);
    }
    const { detections } = await perform(searchDetections, { plate: '8ABC123' }, inquiry);
    expect(detections.map(({ unit }) => unit).sort()).toEqual(['pole-3', 'unit-7']);
    const [found] = detections;
    const { detection } = await perform(openDetection, { id: found?.id ?? '' }, inquiry);
    expect(detection.images.map(({ kind }) => kind).sort()).toEqual(['ir', 'overview', 'plate']);
    for (const image of detection.images) {
      const path = join(department.dataDir, imagePathOf(image.id, Date.parse(image.takenAt)));
      expect(readFileSync(path).length).toBe(image.bytes);
    }
  });

  test('a hit is on the board as soon as it comes, also before its detection', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    const detection = passed('unit-7', { closed: false });
    const hit = sampleHit(detection);
    await unit.records.storeBareHits({ hits: [hit], detection });
    const { verification } = headquarters.accountability;
    await waitFor(() => verification.isOpenHit(hit.id), { what: 'the hit at headquarters' });
    expect(headquarters.console?.isUnseen(detection.id)).toBe(true);
    await unit.records.storeDetection({
      detection: { ...detection, closed: true, seenCount: 9 },
      images: await sampleImages(2),
    });
    await empty(unit);
    const rows = department.rows<{ body: string; hit: number }>(
      'lookout.db',
      'SELECT body, hit FROM detection',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.hit).toBe(1);
    expect(JSON.parse(rows[0]?.body ?? '{}')).toMatchObject({ seenCount: 9, closed: true });
  });

  test('a hit of a plate that is not read brings no read of it before its detection comes', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    const detection = passed('unit-7', { closed: false, read: null, unread: null });
    const hit = sampleHit(detection, { unread: true });
    await unit.records.storeBareHits({ hits: [hit], detection });
    const { verification } = headquarters.accountability;
    await waitFor(() => verification.isOpenHit(hit.id), { what: 'the hit at headquarters' });
    const [row] = department.rows<{ plate: string | null; body: string }>(
      'lookout.db',
      'SELECT plate, body FROM detection',
    );
    expect(row?.plate).toBeNull();
    expect(JSON.parse(row?.body ?? '{}')).toMatchObject({
      read: null,
      unread: 'low_confidence',
      possible: [
        { plate: '8ABC123', p: 0.97 },
        { plate: 'BABC123', p: 0.02 },
      ],
    });
  });

  test('nothing is acknowledged that is not on the disk: what comes while headquarters is off waits on the unit', async () => {
    const department = await openDepartment();
    const first = await department.startHeadquarters();
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    await unit.records.storeDetection({
      detection: passed('unit-7'),
      images: await sampleImages(1),
    });
    await empty(unit);
    await first.stop();
    const images = await sampleImages(2);
    for (let count = 0; count < 20; count += 1) {
      await unit.records.storeDetection({ detection: passed('unit-7'), images });
    }
    expect(unit.outbox.status().waiting).toBe(80);
    await department.startHeadquarters();
    await empty(unit);
    const count = (table: string) =>
      department.rows<{ n: number }>('lookout.db', `SELECT count(*) AS n FROM ${table}`)[0]?.n;
    expect(count('detection')).toBe(21);
    expect(count('image')).toBe(84 - 21);
  });

  test('a unit cannot write over what another sent: its message is refused, and the other stays', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    const detection = passed('unit-7');
    const own = department.unit('unit-7');
    await own.uplink.start();
    await own.records.storeDetection({ detection, images: await sampleImages(1) });
    await empty(own);
    const other = department.unit('unit-8');
    await other.uplink.start();
    const forged = { ...detection, unit: 'unit-8', revision: 7, images: [] };
    const id = uuidv7();
    other.outbox.add({ id, lane: 'detection', topic: 'detection', json: JSON.stringify(forged) });
    await waitFor(() => other.outbox.status().refused === 1, { what: 'the refusal' });
    expect(headquarters.status().intake).toMatchObject({ refused: 1 });
    const [row] = department.rows<{ body: string }>('lookout.db', 'SELECT body FROM detection');
    expect(JSON.parse(row?.body ?? '{}')).toMatchObject({ unit: 'unit-7' });
  });

  test('says which units there are, and whether each is on the air', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    const position = { latitude: 38.1, longitude: -122.25 };
    const unit = department.unit('unit-7', () => ({ mode: 'mobile', position }));
    await unit.uplink.start();
    const found = () => headquarters.status().units.find((each) => each.unit === 'unit-7');
    const stateOf = () => found()?.state;
    await waitFor(() => stateOf() === 'online', { what: 'the unit' });
    // At once, and not half a minute later.
    await waitFor(() => found()?.latitude === 38.1, { timeoutMs: 20_000, what: 'where it is' });
    expect(found()).toMatchObject({ mode: 'mobile', ...position });
    await unit.stop();
    await waitFor(() => stateOf() === 'offline', { what: 'its farewell' });
  });
});
