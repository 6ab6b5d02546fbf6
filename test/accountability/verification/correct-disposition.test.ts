import { describe, expect, it } from 'vitest';
import { localListId } from '../../../src/accountability/hotplates/hot-plate.ts';
import {
  approveHotPlate,
  enterHotPlate,
  reportRecovered,
  showHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import {
  confirmStatus,
  confirmVisual,
  disposeHit,
  listMutes,
  listOpenHits,
  measurePrecision,
  recordEnforcement,
  reopenHit,
} from '../../../src/accountability/verification/operations.ts';
import { noImages, sampleDetection, sampleHit } from '../../records/samples.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';
import { matchOf, openVerification } from './open-verification.ts';

describe('a disposition that was wrong', () => {
  it('is put right with all that followed: silence, figure, and the message to headquarters (VER-8, VER-11)', async () => {
    const { storeHit, act, dispose, notWanted, seeAll, confirm, verification, updates, time } =
      openVerification('vallejo');
    const hit = await storeHit();
    await seeAll(hit);
    await confirm(hit);
    await act(recordEnforcement, { id: hit.id, action: 'stop' });
    await notWanted(hit);
    await dispose(hit, { outcome: 'stale_entry' });
    expect(verification.isMuted(hit.match, '8ABC123')).toBe(true);

    time.ms += 60_000;
    await expect(dispose(hit, { outcome: 'arrest' })).rejects.toThrow(
      /status on file is "not_wanted" \(MDC 14, .*\), and arrest says otherwise.*--notes/,
    );
    expect(verification.isMuted(hit.match, '8ABC123')).toBe(true);
    const notes = 'Arrested for what was in plain view.';
    const { prompt, view } = await dispose(hit, { outcome: 'arrest', notes });
    expect(prompt).toContain('The earlier disposition (stale_entry) no longer counts');
    expect(await act(listMutes, {})).toEqual([]);
    expect(verification.isMuted(hit.match, '8ABC123')).toBe(false);
    expect(updates().at(-1)).toMatchObject({
      event: 'alert.disposed',
      to: ['dispatch', 'entering_member'],
      disposition: { outcome: 'arrest', replaces: { outcome: 'stale_entry' } },
    });
    expect(view.steps.filter(({ kind }) => kind === 'disposition')).toHaveLength(2);
    const { figures } = await act(measurePrecision, {});
    // The arrest rests on something else: by its status the vehicle was not wanted.
    expect(figures).toMatchObject([{ right: 0, wrong: 1, errors: { arrest: 1 } }]);
  });

  it('is put right also when the clock was set back in between', async () => {
    const { storeHit, act, dispose, verification, time } = openVerification();
    const hit = await storeHit();
    time.ms += 7_200_000;
    await dispose(hit, { outcome: 'bad_entry' });
    time.ms -= 3_600_000;
    const { view } = await dispose(hit, { outcome: 'not_located' });
    expect(view.disposition?.outcome).toBe('not_located');
    const opened = await act(reopenHit, { id: hit.id, why: 'The wrong alert was closed.' });
    expect(opened).toMatchObject({ state: 'raised', disposition: null });
    await expect(
      act(reopenHit, { id: hit.id, why: 'The wrong alert was closed.' }),
    ).rejects.toThrow(/is open/);
    await dispose(hit, { outcome: 'no_action' });
    expect(verification.open(hit.id).disposition?.outcome).toBe('no_action');
    expect((await act(listOpenHits, {})).hits).toEqual([]);
  });

  it('silences by the new outcome, in place of the old one', async () => {
    const { storeHit, act, dispose, notWanted } = openVerification();
    const hit = await storeHit();
    await dispose(hit, { outcome: 'bad_entry' });
    await act(reopenHit, { id: hit.id, why: 'The wrong alert was closed.' });
    expect(await act(listMutes, {})).toEqual([]);
    expect((await act(listOpenHits, {})).hits.map(({ id }) => id)).toEqual([hit.id]);
    await notWanted(hit);
    await dispose(hit, { outcome: 'not_wanted' });
    expect(await act(listMutes, {})).toMatchObject([{ outcome: 'not_wanted' }]);
    await dispose(hit, { outcome: 'not_located' });
    expect(await act(listMutes, {})).toEqual([]);
    await expect(dispose(hit, { outcome: 'recovered', notes: 'Found in a lot.' })).rejects.toThrow(
      /vehicle is not wanted/,
    );
  });

  it('opens the other hits of the vehicle again, if it is about one entry now', async () => {
    const { records, act, dispose, notWanted, verification } = openVerification();
    const detection = sampleDetection();
    const first = sampleHit(detection);
    const second = sampleHit(detection, { match: matchOf({ id: 'svs-2' }) });
    await records.storeHits({ hits: [first, second], detection, images: noImages });
    expect((await dispose(first, { outcome: 'not_located' })).also).toEqual([second.id]);
    expect((await dispose(first, { outcome: 'no_action' })).also).toEqual([second.id]);
    expect(verification.open(second.id).disposition?.outcome).toBe('no_action');

    await act(reopenHit, { id: first.id, why: 'The wrong alert was closed.' });
    expect((await act(listOpenHits, {})).hits).toHaveLength(2);
    await dispose(first, { outcome: 'not_located' });
    await dispose(first, { outcome: 'misread_state', correctedState: 'NV' }).then(({ reopened }) =>
      expect(reopened).toEqual([second.id]),
    );
    expect((await act(listOpenHits, {})).hits.map(({ id }) => id)).toEqual([second.id]);
    await notWanted(second);
  });

  it('says so when the plate that was given silences another hit that is closed with it', async () => {
    const { records, act, dispose } = openVerification();
    const detection = sampleDetection();
    const partial = sampleHit(detection, { match: matchOf({ id: 'svs-1', plate: '8A?C123' }) });
    const exact = sampleHit(detection, { match: matchOf({ id: 'svs-2', plate: '8ABC123' }) });
    await records.storeHits({ hits: [partial, exact], detection, images: noImages });
    const closed = await dispose(partial, {
      outcome: 'misread_characters',
      correctedPlate: '8AXC123',
    });
    expect(closed.also).toEqual([exact.id]);
    expect(closed.muted).toBeNull();
    expect(closed.prompt).toContain('svs-2');
    expect(closed.prompt).toContain('is silenced');
    expect(await act(listMutes, {})).toMatchObject([{ entry: 'svs-2' }]);
  });

  it('an alert that is open cannot be opened again, and a reopened one can be closed', async () => {
    const { storeHit, act, dispose, updates, verification } = openVerification('napa');
    const hit = await storeHit();
    const why = 'The wrong alert was closed.';
    await expect(act(reopenHit, { id: hit.id, why })).rejects.toThrow(/is open/);
    await dispose(hit, { outcome: 'not_located' });
    expect((await act(reopenHit, { id: hit.id, why })).state).toBe('raised');
    expect(verification.isOpen(hit.detectionId)).toBe(true);
    expect(updates().at(-1)).toMatchObject({ event: 'alert.reopened', note: why });
    expect(
      (await act(disposeHit, { id: hit.id, outcome: 'no_action', notes: why })).view.state,
    ).toBe('disposed');
  });
});

it('a hot plate that was removed as recovered is on the list again when that was wrong (HOT-11, V 426.4(f)(3))', async () => {
  const unit = await openStaffedUnit('vallejo');
  const [detective, officer] = await Promise.all([
    unit.enrol('ruiz', 'detective'),
    unit.enrol('reyes', 'officer'),
  ]);
  const content = { plate: '8ABC123', plateAgain: '8ABC123', state: 'CA', days: 10 } as const;
  const { id } = await detective.perform(enterHotPlate, {
    ...content,
    ...{ category: 'stolen_vehicle', reason: 'Taken from a driveway', caseNumber: '26-0042' },
    synopsis: 'Taken overnight from a driveway on Main Street',
  });
  await unit.administrator.perform(approveHotPlate, { id, textLookedThrough: true });
  const list = { ...matchOf({}).list, id: localListId, type: 'specific' as const };
  const hit = await unit.storeHit({ match: matchOf({ id }, { list }) });
  const why = { purpose: 'investigation', incidentNumber: '26-0042' };
  const of = { id: hit.id };
  await officer.perform(
    confirmVisual,
    { ...of, shows: '8ABC123', state: 'yes', vehicle: 'yes' },
    why,
  );
  const status = { channel: 'dispatch', source: 'Dispatcher 12', result: 'confirmed' } as const;
  await officer.perform(confirmStatus, { ...of, ...status });
  await officer.perform(disposeHit, { ...of, outcome: 'recovered', cadNumber: '26-0042' });
  await officer.perform(reportRecovered, { id });
  const state = async () => (await detective.perform(showHotPlate, { id }, why)).entry.state;
  expect(await state()).toBe('removed');

  const lost = { ...of, outcome: 'not_located', cadNumber: '26-0042' } as const;
  const { prompt } = await officer.perform(disposeHit, lost);
  expect(prompt).toContain(`The hot plate ${id} is on the list again.`);
  expect(await state()).toBe('active');
  expect(unit.accountability.verification.isMuted(hit.match, '8ABC123')).toBe(false);
});
