import { describe, expect, it } from 'vitest';
import { openAccountability } from '../../../src/accountability/accountability.ts';
import {
  holdOperations,
  retentionOperations,
} from '../../../src/accountability/retention/bind-operations.ts';
import type { HoldScope } from '../../../src/accountability/retention/hold.ts';
import {
  liftHold,
  listHolds,
  noteRetentionReview,
  previewPurge,
  purgeNow,
  setHold,
  showRetention,
} from '../../../src/accountability/retention/operations.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { createLog } from '../../../src/platform/log.ts';
import { imageFilesOf } from '../../records/open-records.ts';
import { noFix, noImages, sampleDetection, sampleFix, sampleImage } from '../../records/samples.ts';
import { openGate } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dayMs, now, openRetention, profile } from './open-retention.ts';

const chief = { role: 'chief' } as const;
const reason = 'Discovery request of the defence';

function openUnit(policy = profile('vallejo'), options = {}) {
  const dataDir = temporaryFolder();
  const unit = openRetention(dataDir, policy, options);
  const { db, retention, holds } = unit;
  const mode = 'mobile' as const;
  let nowMs = now;
  const gate = openGate(
    [
      ...holdOperations({ holds, immigration: { forbiddenBy: 'V 426.7' } }),
      ...retentionOperations({
        ...{ db, retention, holds, policy, mode, nowMs, cameras: ['front'] },
        officials: { on: () => null },
      }),
    ],
    () => nowMs,
  );
  const set = (scope: HoldScope) => gate.perform(chief, setHold, { scope, reason });
  return {
    ...unit,
    dataDir,
    gate,
    set,
    setNow(ms: number) {
      nowMs = ms;
      unit.setNow(ms);
    },
  };
}

describe('holds keep (RET-10)', () => {
  it('RET-10: by plate, look-alikes and the reader’s alternatives included, also what arrives later', async () => {
    const unit = openUnit();
    const exact = await unit.passing(400, { plate: '7ABC100' });
    const alike = await unit.passing(400, { plate: '7A8C1O0' });
    const other = await unit.passing(400, { plate: '7ABC200' });
    const hold = await unit.set({ kind: 'plate', plate: '7ABC 100' });
    expect(hold.reach).toEqual({ detections: 2, complete: true });
    const later = await unit.passing(399, { plate: '7ABC100' });
    await unit.retention.run();
    expect(unit.ids()).toEqual([exact.id, alike.id, later.id].sort());
    expect(unit.ids()).not.toContain(other.id);
  });

  it('RET-10: by part of a plate', async () => {
    const unit = openUnit();
    const held = await unit.passing(400, { plate: '7ABC100' });
    await unit.passing(400, { plate: '7ABX100' });
    await unit.set({ kind: 'plate', plate: '7ABC*' });
    await unit.retention.run();
    expect(unit.ids()).toEqual([held.id]);
    await expect(unit.set({ kind: 'plate', plate: '7?*' })).rejects.toThrow(/3 known characters/);
  });

  it('RET-10: by case: hits of its entries, and reads that were put to it', async () => {
    const unit = openUnit();
    const hit = await unit.passing(400, { hit: true });
    const put = await unit.passing(400);
    await unit.passing(400);
    unit.holds.putToCase('26-1 ', [put.id]);
    const hold = await unit.set({ kind: 'case', caseNumber: '26-1' });
    expect(hold.reach.detections).toBe(2);
    await unit.retention.run();
    expect(unit.ids()).toEqual([hit.id, put.id].sort());
    expect(unit.holds.ofCase('26-1').sort()).toEqual([hit.id, put.id].sort());
  });

  it('RET-10: by area and time, as a circle or a polygon; without a position it may have been there', async () => {
    for (const area of [
      { kind: 'circle', latitude: -33.857, longitude: -70.648, radiusM: 500 },
      {
        kind: 'polygon',
        points: [
          { latitude: -33.85, longitude: -70.66 },
          { latitude: -33.85, longitude: -70.64 },
          { latitude: -33.87, longitude: -70.64 },
          { latitude: -33.87, longitude: -70.66 },
        ],
      },
    ] as const) {
      const unit = openUnit();
      const inside = await unit.passing(400);
      const unknown = await unit.passing(400, { fix: noFix });
      await unit.passing(400, { fix: { ...sampleFix, latitude: -33.9 } });
      await unit.passing(402);
      const from = new Date(now - 401 * dayMs).toISOString();
      const to = new Date(now - 399 * dayMs).toISOString();
      const scope = { kind: 'area', area, from, to } as HoldScope;
      expect((await unit.set(scope)).reach.detections).toBe(2);
      await unit.retention.run();
      expect(unit.ids()).toEqual([inside.id, unknown.id].sort());
    }
  });

  it('RET-10: a full disk takes other images first, never one under hold, and the health says why', async () => {
    const unit = openUnit(profile('vallejo'), { maxImageMiB: 0.3 });
    const size = 60_000;
    const store = async (seed: number) => {
      const detection = sampleDetection({ closed: true });
      const plate = await sampleImage(seed, size);
      await unit.records.storeDetection({ detection, images: { ...noImages, plate } });
      return detection.id;
    };
    const held = [await store(1), await store(2)];
    await unit.set({ kind: 'detections', detectionIds: held });
    for (let seed = 3; seed < 12; seed += 1) await store(seed);
    await expect.poll(() => unit.records.health().images.usedMiB).toBeLessThanOrEqual(0.3);
    const holders = () =>
      unit.db.prepare('SELECT detection_id FROM image WHERE shed_at_ms IS NULL').pluck().all();
    expect(holders()).toEqual(expect.arrayContaining(held));
    expect(unit.records.health().images.shed).toBeGreaterThan(3);

    // Then everything is held, and more comes than there is room.
    await unit.set({
      kind: 'area',
      area: { kind: 'circle', latitude: -33.857, longitude: -70.648, radiusM: 5000 },
      from: '2020-01-01T00:00:00.000Z',
      to: null,
    });
    const before = holders();
    for (let seed = 20; seed < 28; seed += 1) await store(seed);
    await expect
      .poll(() => unit.records.health().images.problem)
      .toMatch(/only images of hits and \d+ images on hold/);
    expect(holders()).toEqual(expect.arrayContaining(before));
    expect(imageFilesOf(unit.dataDir).length).toBeGreaterThanOrEqual(before.length);

    for (const { id } of unit.holds.list({ lifted: false })) {
      await unit.gate.perform(chief, liftHold, { id, why: 'case closed' });
    }
    await store(40);
    await expect.poll(() => unit.records.health().images.usedMiB).toBeLessThanOrEqual(0.3);
    await expect.poll(() => unit.records.health().images.problem).toBeNull();
  });

  it('a power cut in the lifting of a hold keeps no image for good: the next start lets it be shed', async () => {
    const unit = openUnit();
    const at = new Date().toISOString();
    const detection = sampleDetection({ firstSeen: at, lastSeen: at, closed: true });
    const plate = await sampleImage(1, 1000);
    await unit.records.storeDetection({ detection, images: { ...noImages, plate } });
    // Passed over for a hold that is on file as lifted.
    unit.db.prepare('UPDATE image SET held = 1').run();
    const { dataDir } = unit;
    const config = configSchema.parse({
      unit: { dataDir },
      policy: { profile: 'vallejo' },
      uplink: { enabled: false },
    });
    await using accountability = await openAccountability({
      config,
      log: createLog({ level: 'silent' }),
    });
    accountability.startUpkeep();
    const marks = unit.db.prepare('SELECT held FROM image').pluck();
    await expect.poll(() => marks.all()).toEqual([0]);
  });

  it('RET-10: setting and lifting are audited with who and why, and lifting needs its own permission', async () => {
    const unit = openUnit();
    const { id } = await unit.set({ kind: 'plate', plate: '7ABC100' });
    const detective = { role: 'detective', permissions: ['holds.set', 'holds.read'] } as const;
    await expect(
      unit.gate.perform(detective, liftHold, { id, why: 'case closed' }),
    ).rejects.toThrow(/holds.lift/);
    await unit.gate.perform(chief, liftHold, { id, why: 'case closed' });
    await expect(unit.gate.perform(chief, liftHold, { id, why: 'again' })).rejects.toThrow(
      /was lifted already by .*, \d/,
    );
    expect(await unit.gate.perform(chief, listHolds, {})).toEqual([]);
    const [hold] = await unit.gate.perform(chief, listHolds, { lifted: 'true' });
    expect(hold).toMatchObject({
      caseNumber: '26-0042',
      reason,
      setBy: 'Test chief',
      lifted: { by: 'Test chief', why: 'case closed' },
    });
    expect(
      unit.gate.records
        .filter(({ category }) => category === 'Hold')
        .map(({ operation, outcome }) => `${operation} ${outcome}`),
    ).toEqual(
      expect.arrayContaining([
        'holds.set done',
        'holds.lift refused',
        'holds.lift done',
        'holds.lift failed',
      ]),
    );
  });
});

describe('warnings before a purge', () => {
  it('RET-10: a hold that is set for a case is of that case, whatever case the purpose names', async () => {
    const unit = openUnit();
    const scope = { kind: 'plate', plate: '7ABC100' } as const;
    const ofPurpose = await unit.gate.perform(chief, setHold, { scope, reason });
    const ofCase = await unit.gate.perform(chief, setHold, { scope, reason, caseNumber: '26-9' });
    expect([ofPurpose.caseNumber, ofCase.caseNumber]).toEqual(['26-0042', '26-9']);
    const barred = { scope, reason, caseNumber: '26-9 deportation' };
    await expect(unit.gate.perform(chief, setHold, barred)).rejects.toThrow(/case number/);
  });

  it('RET-5: every source is told with its days, what of it is here, and what goes next and when', async () => {
    const unit = openUnit();
    const held = await unit.passing(360);
    await unit.passing(300);
    await unit.passing(20, { head: 'flock', hit: true });
    await unit.passing(50, { head: 'rear' });
    await unit.set({ kind: 'detections', detectionIds: [held.id] });
    const { sources, pictures } = await unit.gate.perform(chief, showRetention, {});
    const at = (days: number) => new Date(now + days * dayMs).toISOString();
    expect(sources.map(({ source, is }) => [source, is])).toEqual([
      ['front', 'camera'],
      ['flock', 'vendor'],
      ['rear', 'former'],
    ]);
    const [front, flock, rear] = sources.map(({ kinds }) => kinds);
    // The oldest is held, so the next goes first.
    expect(front?.[0]).toMatchObject({
      ...{ kind: 'reads', maxDays: 365, count: 2, more: false, oldestAt: at(-360) },
      ...{ goesBy: 'time', goesAt: at(65) },
    });
    expect(front?.[1]).toMatchObject({ count: 0, oldestAt: null, goesBy: 'nothing', goesAt: null });
    expect(front?.[2]).toMatchObject({
      kind: 'images',
      count: null,
      oldestAt: at(-360),
      goesAt: at(65),
    });
    expect(flock?.[0]).toMatchObject({ kind: 'reads', maxDays: 30, count: 0, goesBy: 'nothing' });
    expect(flock?.[1]).toMatchObject({ kind: 'hits', count: 1, goesBy: 'time' });
    expect(rear?.[0]).toMatchObject({ count: 1, goesAt: at(315) });
    expect(pictures.files).toBe(12);
  });

  it('RET-4: before an order is given it is shown what would go, and what stays and why; nothing changes', async () => {
    const unit = openUnit(profile('walnut-creek'));
    const administrator = { role: 'administrative_commander' } as const;
    const held = await unit.passing(500);
    await unit.passing(450, { hit: true });
    await unit.passing(100);
    await unit.passing(440, { kept: false });
    await unit.set({ kind: 'detections', detectionIds: [held.id] });
    const ask = (input: { olderThanDays?: number; head?: string }) =>
      unit.gate.perform(administrator, previewPurge, input);
    expect(await ask({})).toMatchObject({ goes: [] });
    await expect(ask({ olderThanDays: 364 })).rejects.toThrow(/at least 365 days/);
    expect(await ask({ olderThanDays: 400 })).toEqual({
      goes: [
        expect.objectContaining({
          ...{ rule: 'retention.hits.minDays', head: 'front' },
          ...{ detections: 1, hits: 1, images: 3, unacknowledged: 0 },
        }),
      ],
      kept: { waiting: 1, needed: 0, held: 1 },
      more: false,
    });
    expect(unit.ids()).toHaveLength(4);
    const purge = (input: object) => unit.gate.perform(administrator, purgeNow, input);
    await expect(purge({ olderThanDays: 400 })).rejects.toThrow(/say why data is no longer needed/);
    const decision = 'The records schedule of 2026';
    await expect(purge({ olderThanDays: 400, decision })).rejects.toThrow(/say who decided it/);
    const run = await purge({ olderThanDays: 400, decision, decidedBy: 'R. Roe' });
    expect(run?.removed).toMatchObject([{ detections: 1, hits: 1, images: 3 }]);
    expect(unit.ids()).toHaveLength(3);
  });

  it('RET-9: reads of a case that are soon to be purged are counted down, held ones apart', async () => {
    const unit = openUnit();
    const soon = await unit.passing(355);
    const held = await unit.passing(360);
    const young = await unit.passing(100);
    unit.holds.putToCase('26-7', [soon.id, held.id, young.id]);
    await unit.set({ kind: 'detections', detectionIds: [held.id] });
    const status = await unit.gate.perform(chief, showRetention, {});
    expect(status.nearPurge).toEqual([
      {
        caseNumber: '26-7',
        detections: 2,
        held: 1,
        daysLeft: 10,
        firstPurgeAt: new Date(now + 10 * dayMs).toISOString(),
      },
      // The hold states the case of its inquiry, and its reads belong to that case from then on.
      {
        caseNumber: '26-0042',
        detections: 1,
        held: 1,
        daysLeft: null,
        firstPurgeAt: null,
      },
    ]);
  });

  it('RET-3: after two years a review of the times is due, until someone notes one', async () => {
    const unit = openUnit(profile('vigilant-429'));
    const status = () => unit.gate.perform(chief, showRetention, {});
    expect((await status()).review.isDue).toBe(false);
    unit.setNow(now + 731 * dayMs);
    expect((await status()).review).toMatchObject({
      isDue: true,
      dueAt: new Date(now + 730 * dayMs).toISOString(),
    });
    await unit.gate.perform(chief, noteRetentionReview, { note: 'Two years stay right' });
    expect((await status()).review.isDue).toBe(false);
  });
});
