import { describe, expect, it } from 'vitest';
import { canvassOperations } from '../../../src/accountability/canvass/bind-operations.ts';
import { sharedOf } from '../../../src/accountability/canvass/canvass.ts';
import { createCanvasses } from '../../../src/accountability/canvass/canvasses.ts';
import {
  beginCanvass,
  endCanvass,
  joinCanvass,
  listCanvasses,
  showCanvass,
} from '../../../src/accountability/canvass/operations.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { createHolds } from '../../../src/accountability/retention/holds.ts';
import { searchOperations } from '../../../src/accountability/search/bind-operations.ts';
import {
  exportDetections,
  searchDetections,
} from '../../../src/accountability/search/operations.ts';
import { canvassMessageSchema } from '../../../src/uplink/messages.ts';
import { noImages } from '../../alerts/sample-alerts.ts';
import { openRecords, waitingOf } from '../../records/open-records.ts';
import { sampleDetection } from '../../records/samples.ts';
import { openGate } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { searchOf } from '../search/open-search.ts';

const officer = { role: 'officer' } as const;
const scene = { place: 'Homicide at Georgia St and Sonoma Blvd' };
const homicide = { purpose: 'investigation', caseNumber: '26-0042' };
const hourMs = 3_600_000;

/** A unit whose clock the test sets, with its search and canvasses behind the gate. */
function openUnit(dataDir = temporaryFolder(), unitId = 'car-7') {
  let nowMs = Date.parse('2026-03-01T08:00:00Z');
  const clock = () => nowMs;
  const { db, records, outbox } = openRecords(dataDir);
  const unit = { agency: 'walnut-creek-pd', id: unitId };
  const canvasses = createCanvasses({ db, outbox, unit, clock });
  const search = searchOf(dataDir);
  const profile = 'walnut-creek';
  const { retention } = loadPolicy({ profile, overrides: {} }).policy;
  const overseer = () => ({ title: 'ALPR Administrator', name: 'P. Poe' });
  const keeping = {
    profile,
    retention,
    overseer,
    hasHeadquarters: true,
    place: 'unit' as const,
  };
  const operations = [
    ...canvassOperations({ canvasses, search }),
    ...searchOperations({
      ...{ search, dataDir, unit, keeping, overseerOn: overseer },
      hitRights: () => () => false,
    }),
  ];
  const holds = createHolds({ db, canvasses });
  /** A vehicle passes and leaves; a plate of null could not be read. */
  const pass = async (plate: string | null) => {
    const sample = sampleDetection();
    const canvass = canvasses.tagOf(sample.id, true);
    const seen = new Date(nowMs).toISOString();
    const read =
      plate === null || !sample.read ? null : { ...sample.read, plate, alternatives: [] };
    const detection = {
      ...sample,
      firstSeen: seen,
      lastSeen: seen,
      read,
      unread: plate === null ? ('low_confidence' as const) : null,
      closed: true,
      ...(canvass === null ? {} : { canvass }),
    };
    await records.storeDetection({ detection, images: noImages, publish: true });
    nowMs += 1000;
    return detection.id;
  };
  return {
    ...openGate(operations, clock),
    db,
    outbox,
    canvasses,
    holds,
    pass,
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('CAP-12: a canvass is bound to a case, and everything read in it belongs together', () => {
  it('tags, sums up and exports what passed between its begin and its end, and nothing else', async () => {
    const { perform, pass } = openUnit();
    await pass('1BEFORE');
    const begun = await perform(officer, beginCanvass, scene, homicide);
    await pass('7ABC123');
    await pass(null);
    await pass('7ABC123');
    await pass('5KRT41B');
    await perform(officer, endCanvass, {});
    await pass('1AFTER');

    const { canvass, ...sum } = await perform(officer, showCanvass, { id: begun.id }, homicide);
    expect(canvass).toMatchObject({
      caseNumber: '26-0042',
      place: scene.place,
      begunBy: 'Test officer',
      part: { from: '2026-03-01T08:00:01.000Z', to: '2026-03-01T08:00:05.000Z' },
    });
    expect(sum).toMatchObject({ detections: 4, unread: 1, more: false });
    expect(sum.vehicles.map(({ plate, times }) => [plate, times])).toEqual([
      ['5KRT41B', 1],
      ['7ABC123', 2],
    ]);

    const { detections } = await perform(
      officer,
      searchDetections,
      { canvass: begun.id },
      homicide,
    );
    expect(detections).toHaveLength(4);
    const { bytes } = await perform(
      { role: 'detective' },
      exportDetections,
      { canvass: begun.id, format: 'csv' },
      homicide,
    );
    const lines = Buffer.from(bytes).toString().trim().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.join()).not.toMatch(/1BEFORE|1AFTER/);
  });

  it('keeps what belongs to the case under a hold of the case, and packs it with the case', async () => {
    const { perform, pass, holds } = openUnit();
    const outside = await pass('1BEFORE');
    await perform(officer, beginCanvass, scene, homicide);
    const inside = await pass('7ABC123');
    const unread = await pass(null);
    expect(holds.ofCase(' 26-0042')).toEqual([inside, unread]);
    expect(holds.isHeld(inside)).toBe(false);
    holds.set({
      scope: { kind: 'case', caseNumber: '26-0042' },
      caseNumber: '26-0042',
      reason: 'homicide',
      by: 'Test detective',
      nowMs: Date.parse('2026-03-01T09:00:00Z'),
    });
    expect([inside, unread, outside].map(holds.isHeld)).toEqual([true, true, false]);
  });

  it('keeps the tag of a vehicle that is still in view when the canvass ends', () => {
    const { canvasses } = openUnit();
    const { id } = canvasses.begin(
      { caseNumber: '26-0042', incidentNumber: null, ...scene, hours: 1 },
      'A',
    );
    expect(canvasses.tagOf('early', false)).toBe(id);
    canvasses.end('A');
    expect(canvasses.tagOf('late', false)).toBeNull();
    expect(canvasses.tagOf('early', false)).toBe(id);
    expect(canvasses.tagOf('early', true)).toBe(id);
    expect(canvasses.tagOf('early', true)).toBeNull();
  });

  it('keeps the tag of a vehicle in view when another canvass begins, or nothing can be read', () => {
    const { canvasses, db } = openUnit();
    const begin = (caseNumber: string) =>
      canvasses.begin({ caseNumber, incidentNumber: null, ...scene, hours: 1 }, 'A');
    const { id } = begin('26-0042');
    expect(canvasses.tagOf('early', false)).toBe(id);
    canvasses.end('A');
    const next = begin('26-0043');
    expect(canvasses.tagOf('late', false)).toBe(next.id);
    expect(canvasses.tagOf('early', false)).toBe(id);
    db.exec('ALTER TABLE canvass RENAME TO gone');
    expect(canvasses.tagOf('early', true)).toBe(id);
  });

  it('that was begun under a clock that was years ahead tags nothing for years', async () => {
    const { perform, canvasses, wait } = openUnit();
    wait(4 * 8760 * hourMs);
    const { id } = await perform(officer, beginCanvass, scene, homicide);
    wait(-4 * 8760 * hourMs);
    expect(canvasses.current()).toBeNull();
    expect(canvasses.tagOf('x', true)).toBeNull();
    const next = await perform(officer, beginCanvass, scene, homicide);
    expect(canvasses.get(id).part).toMatchObject({ to: next.begunAt, endedBy: null });
    expect(canvasses.current()?.id).toBe(next.id);
  });

  it('that another unit began under such a clock can be joined by none', async () => {
    const { perform, canvasses } = openUnit();
    const far = openUnit(temporaryFolder(), 'car-8');
    far.wait(4 * 8760 * hourMs);
    const { id } = await far.perform(officer, beginCanvass, scene, homicide);
    canvasses.take(sharedOf(far.canvasses.get(id)));
    await expect(perform(officer, joinCanvass, { id }, homicide)).rejects.toThrow('is over');
  });

  it('needs a case or an incident, and one canvass at a time', async () => {
    const { perform } = openUnit();
    await expect(
      perform(officer, beginCanvass, scene, { purpose: 'investigation', reason: 'a shooting' }),
    ).rejects.toThrow('--case');
    await expect(perform(officer, endCanvass, {})).rejects.toThrow('takes part in no canvass');
    const incident = { purpose: 'investigation', incidentNumber: 'I-770' };
    const { id } = await perform(officer, beginCanvass, scene, incident);
    await expect(perform(officer, beginCanvass, scene, homicide)).rejects.toThrow(
      'in the canvass of I-770',
    );
    expect((await perform(officer, listCanvasses, {})).map((canvass) => canvass.id)).toEqual([id]);
    await expect(
      perform(officer, showCanvass, { id: '01890000-0000-7000-8000-000000000000' }, homicide),
    ).rejects.toThrow('no canvass');
  });

  it('ends by itself when nobody ends it, and a restart in it changes nothing', async () => {
    const dataDir = temporaryFolder();
    const first = openUnit(dataDir);
    const { id } = await first.perform(officer, beginCanvass, { ...scene, hours: 2 }, homicide);
    const again = openUnit(dataDir);
    expect(again.canvasses.tagOf('x', false)).toBe(id);
    again.wait(2 * hourMs);
    expect(again.canvasses.tagOf('y', false)).toBeNull();
    expect(again.canvasses.current()).toBeNull();
    await again.perform(officer, beginCanvass, scene, homicide);
    const ended = again.canvasses.get(id);
    expect(ended.part).toMatchObject({ to: ended.until, endedBy: null });
  });

  it('another unit joins under its number, and is out when it is ended where it was begun', async () => {
    const first = openUnit();
    const second = openUnit(temporaryFolder(), 'car-8');
    const { id } = await first.perform(officer, beginCanvass, scene, homicide);
    second.canvasses.take(sharedOf(first.canvasses.get(id)));
    expect(second.canvasses.current()).toBeNull();
    await expect(
      second.perform(officer, joinCanvass, { id }, { ...homicide, caseNumber: '26-0001' }),
    ).rejects.toThrow('belongs to 26-0042');
    await second.perform(officer, joinCanvass, { id }, homicide);
    await second.pass('5KRT41B');
    expect(second.holds.ofCase('26-0042')).toHaveLength(1);

    await first.perform(officer, endCanvass, {});
    expect(second.canvasses.take(sharedOf(first.canvasses.get(id)))).toBe(true);
    expect(second.canvasses.current()).toBeNull();
    expect(second.canvasses.get(id).part).toMatchObject({ endedBy: 'Test officer' });
    await expect(second.perform(officer, joinCanvass, { id }, homicide)).rejects.toThrow('is over');
  });

  it('who only joined leaves alone', async () => {
    const first = openUnit();
    const second = openUnit(temporaryFolder(), 'car-8');
    const { id } = await first.perform(officer, beginCanvass, scene, homicide);
    second.canvasses.take(sharedOf(first.canvasses.get(id)));
    await second.perform(officer, joinCanvass, { id }, homicide);
    await second.perform(officer, endCanvass, {});
    expect(second.canvasses.get(id).ended).toBeNull();
    await second.perform(officer, joinCanvass, { id }, homicide);
    expect(second.canvasses.current()?.id).toBe(id);
  });

  it('tells headquarters when it begins and ends, and audits who looked', async () => {
    const { perform, outbox, records } = openUnit();
    const { id } = await perform(officer, beginCanvass, scene, homicide);
    await perform(officer, endCanvass, {});
    await perform(officer, showCanvass, { id }, homicide);
    const told = waitingOf(outbox).filter(({ topic }) => topic === 'canvass');
    expect(
      told.map(({ json }) => canvassMessageSchema.shape.body.parse(JSON.parse(json)).id),
    ).toEqual([id, id]);
    expect(records.at(-1)).toMatchObject({
      operation: 'canvass.show',
      object: `canvass ${id}`,
      inquiry: { caseNumber: '26-0042' },
    });
  });
});
