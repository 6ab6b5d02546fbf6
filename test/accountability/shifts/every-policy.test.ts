import { describe, expect, it } from 'vitest';
import {
  changeAccount,
  closeAccount,
  listTrainings,
  recordTraining,
  reviewAccounts,
} from '../../../src/accountability/access/operations.ts';
import { beginCanvass, showCanvass } from '../../../src/accountability/canvass/operations.ts';
import {
  bookEvidence,
  listEvidence,
  makeEvidence,
} from '../../../src/accountability/evidence/operations.ts';
import { disableHotList, enableHotList } from '../../../src/accountability/lists/operations.ts';
import {
  listAudit,
  reportUse,
  verifyAudit,
} from '../../../src/accountability/oversight/operations.ts';
import { makeStatistics, requestRelease } from '../../../src/accountability/releases/operations.ts';
import { findInArea, searchDetections } from '../../../src/accountability/search/operations.ts';
import {
  listReports,
  reportError,
} from '../../../src/accountability/verification/report-operations.ts';
import { sampleFix } from '../../records/samples.ts';
import { asked, burglary, openShift } from './shift.ts';

/** The sections of each policy that ask for the same, and who keeps its trainings. */
const policies = [
  ['vallejo', 'V 426.4(d), V 426.10', 'tina'],
  ['napa', 'N 429.5(d), N 429.9', 'tina'],
  ['walnut-creek', 'W 432.3(d), W 432.7', 'tina'],
  ['barstow', 'B 466.4(d), B 466.8', 'tina'],
  ['vigilant-429', 'A 429.4', 'ada'],
] as const;

describe.each(policies)('what every policy asks for, under %s', (profile, sections, trainer) => {
  const open = () =>
    openShift(profile, {
      moss: 'officer',
      det: 'detective',
      sgt: 'supervisor',
      ...(trainer === 'tina' && { tina: 'training_coordinator' as const }),
    });
  const search = { plate: '8ABC123' };

  it(`USR-2 USR-11: nobody sees a plate untrained; who keeps the trainings opens it (${sections})`, async () => {
    const { as } = await open();
    await as('ada', changeAccount, { username: 'moss', training: null });
    const review = await as('ada', reviewAccounts, {});
    expect(review.find(({ username }) => username === 'moss')?.findings.join()).toMatch(
      /no training/,
    );
    await expect(as('moss', searchDetections, search, burglary)).rejects.toThrow(/training/);
    await expect(as('moss', listTrainings, {})).rejects.toThrow(/training/);
    await as(trainer, recordTraining, {
      username: 'moss',
      course: 'ALPR and policy',
      completedOn: '2026-11-20',
    });
    expect((await as('moss', searchDetections, search, burglary)).detections).toEqual([]);
  });

  it('AUD-3 AUD-9 AUD-10 REL-7: a look has a purpose of the policy, and is on record with who and when; the log is sound', async () => {
    const { as } = await open();
    await expect(
      as('moss', searchDetections, search, { ...burglary, purpose: 'personal' }),
    ).rejects.toMatchObject({ code: 'purpose-missing' });
    await as('moss', searchDetections, search, burglary);
    await expect(as('moss', listAudit, {})).rejects.toThrow(/audit\.read/);
    const { records } = await as('ada', listAudit, {
      category: 'Detection Browsing',
      outcome: 'done',
    });
    expect(records).toMatchObject([
      { who: { username: 'moss' }, inquiry: burglary, operation: 'detections.search' },
    ]);
    expect(records[0]?.at).toMatch(/^2026-11-29T/);
    expect((await as('ada', verifyAudit, {})).sound).toBe(true);
    const { report } = await as('ada', reportUse, {});
    expect(JSON.stringify(report)).toContain('moss');
    expect(JSON.stringify(await as('ada', makeStatistics, {}))).not.toContain('8ABC123');
  });

  it('USR-1 USR-4: who leaves is out at once, and their logins are on record', async () => {
    const { as } = await open();
    await as('moss', searchDetections, search, burglary);
    await as('ada', closeAccount, { username: 'moss', reason: 'Left the department' });
    await expect(as('moss', searchDetections, search, burglary)).rejects.toThrow();
    const { records } = await as('ada', listAudit, {
      username: 'moss',
      operation: 'session.login',
    });
    expect(records.map(({ outcome }) => outcome)).toEqual(['refused', 'done']);
  });

  it('HOT-15: the administrator alone says which lists are used', async () => {
    const { as } = await open();
    await expect(as('det', disableHotList, { list: 'svs' })).rejects.toThrow(/hotlist\.manage/);
    expect(await as('ada', disableHotList, { list: 'svs' })).toMatchObject({ enabled: false });
    expect(await as('ada', enableHotList, { list: 'svs' })).toMatchObject({ enabled: true });
  });

  it('REL-5: what nobody of law enforcement asks for goes to the Custodian of Records', async () => {
    const { as } = await open();
    await expect(as('sgt', requestRelease, { ...asked, kind: 'other' })).rejects.toThrow(
      /Custodian of Records/,
    );
  });

  it('VER-12: a violation that is reported reaches the sergeant, and not the person it is about', async () => {
    const { as } = await open();
    await as('moss', reportError, {
      kind: 'violation',
      subject: 'A look without cause',
      text: 'The detective looked up the car of a neighbour.',
      about: 'det',
    });
    expect(await as('sgt', listReports, {})).toMatchObject([{ kind: 'violation' }]);
    await expect(as('det', listReports, {})).rejects.toThrow(/reports\.read/);
  });

  it('SRC-3 CAP-12: a crime scene is canvassed under its case, and its area is searched', async () => {
    const { as, passes } = await open();
    const { id } = await as('det', beginCanvass, { place: 'Robbery, 300 block' }, burglary);
    await passes(false);
    expect((await as('det', showCanvass, { id }, burglary)).canvass.caseNumber).toBe('26-0042');
    const { latitude, longitude } = sampleFix;
    const area = {
      kind: 'circle',
      latitude: latitude ?? 0,
      longitude: longitude ?? 0,
      radiusM: 200,
    } as const;
    const span = { from: '2026-11-29T11:00:00Z', to: '2026-11-29T13:00:00Z' };
    expect((await as('det', findInArea, { area, ...span }, burglary)).detections).toBe(1);
  });

  it('RET-9: evidence is packed, and where it is booked is on record', async () => {
    const { as, passes } = await open();
    const { detectionId } = await passes(true);
    const made = await as('det', makeEvidence, { detectionIds: [detectionId] }, burglary);
    const booking = { id: made.id, place: 'property room', propertyNumber: '26-P-118' };
    await as('det', bookEvidence, booking);
    expect((await as('det', listEvidence, {}))[0]?.bookings).toMatchObject([
      { place: 'property room', propertyNumber: '26-P-118', by: 'Test det' },
    ]);
  });
});
