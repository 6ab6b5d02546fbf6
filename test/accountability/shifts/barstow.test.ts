import { describe, expect, it } from 'vitest';
import {
  changeAccount,
  createAccount,
  deactivateAccount,
  recordTraining,
  reviewAccounts,
} from '../../../src/accountability/access/operations.ts';
import { bookEvidence, makeEvidence } from '../../../src/accountability/evidence/operations.ts';
import {
  approveHotPlate,
  reportRecovered,
} from '../../../src/accountability/hotplates/operations.ts';
import { sampleInquiries } from '../../../src/accountability/oversight/operations.ts';
import { approveRelease, requestRelease } from '../../../src/accountability/releases/operations.ts';
import { setHold } from '../../../src/accountability/retention/operations.ts';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import {
  confirmStatus,
  disposeHit,
  recordEnforcement,
} from '../../../src/accountability/verification/operations.ts';
import { asked, openShift, wanted, without } from './shift.ts';

const staff = {
  moss: 'officer',
  det: 'detective',
  sgt: 'supervisor',
  watch: 'watch_commander',
  opscmd: 'operations_commander',
  chief: 'chief',
  itm: 'it_manager',
  dana: 'dispatcher',
} as const;
const purpose = { purpose: 'crime_analysis' };

describe('a shift under Barstow PD 466', () => {
  it('USR-7 USR-8 HOT-8 VER-5 DSP-4 AUD-9 REL-2: goes as the policy says, and stops where it says', {
    timeout: 120_000,
  }, async () => {
    const { as, enter, hire, look, pack, hitOf } = await openShift('barstow', staff);

    // B 466.10: the Commander and the IT Manager alone make accounts, and no analyst is named.
    await hire('supervisor2', 'dispatch_supervisor', { creator: 'itm', approver: 'chief' });
    const person = {
      name: 'A. N. Other',
      role: 'officer',
      organisation: 'test-pd',
      requestedBy: 'Sgt. Poe',
    } as const;
    await expect(as('opscmd', createAccount, { ...person, username: 'other' })).rejects.toThrow(
      /accounts\.create/,
    );
    await expect(
      as('ada', createAccount, { ...person, username: 'ana', role: 'crime_analyst' }),
    ).rejects.toMatchObject({ code: 'role-unknown' });

    // B 466.11: officers ask the Operations Commander first, detectives the Administrative one; no case, no end.
    const { id } = await enter('moss', without('caseNumber', 'synopsis', 'state'));
    await expect(as('watch', approveHotPlate, { id })).rejects.toThrow(/hotplates\.approve/);
    await expect(as('ada', approveHotPlate, { id })).rejects.toThrow(
      /first to approve is operations commander/,
    );
    expect(await as('opscmd', approveHotPlate, { id })).toMatchObject({ state: 'active' });
    const second = await enter('det', { ...wanted, plate: '482D6?', plateAgain: '482D6?' });
    await expect(as('opscmd', approveHotPlate, { id: second.id })).rejects.toThrow(
      /first to approve is administrative commander/,
    );
    const note = 'The Administrative Commander is on leave';
    expect(await as('opscmd', approveHotPlate, { id: second.id, note })).toMatchObject({
      state: 'active',
      approvalNote: note,
    });

    // B 466.9, B 466.10: the dispatcher confirms, and neither searches nor enforces.
    const hit = await hitOf({ id, caseNumber: null });
    await as(
      'dana',
      confirmStatus,
      { id: hit.id, channel: 'clets_mdc', source: 'Console 2', result: 'confirmed' },
      purpose,
    );
    await expect(as('dana', searchDetections, {}, purpose)).rejects.toThrow(/detections\.search/);
    const stop = { id: hit.id, action: 'stop' } as const;
    await expect(as('dana', recordEnforcement, stop, purpose)).rejects.toThrow(/alerts\.enforce/);
    await look('moss', hit);
    await as('moss', recordEnforcement, stop, purpose);
    await as('moss', disposeHit, { id: hit.id, outcome: 'recovered' }, purpose);

    await as('moss', searchDetections, { plate: '8ABC123' }, purpose);
    await as('moss', searchDetections, {}, { ...purpose, reason: 'Help of the Border Patrol' });
    const hold = { scope: { kind: 'case', caseNumber: '26-0042' }, reason: 'Evidence' } as const;
    await as('sgt', setHold, hold, purpose);
    // B 466.5: officers download what is evidence before it is purged, and book it.
    const evidence = { detectionIds: [hit.detectionId] };
    const { id: packed } = await as('moss', makeEvidence, evidence, purpose);
    const booking = { id: packed, place: 'property room', propertyNumber: '26-P-118' };
    await as('moss', bookEvidence, booking);
    await expect(as('moss', setHold, hold, purpose)).rejects.toThrow(/holds\.set/);

    // B 466.7: in writing; the Watch Commander may approve, a sergeant may not.
    await expect(as('sgt', requestRelease, { ...asked, reference: '' })).rejects.toThrow(/writing/);
    const request = await as('sgt', requestRelease, asked);
    const approval = { id: request.id, why: 'Official purpose' };
    await expect(as('chief', approveRelease, approval)).rejects.toThrow(/releases\.approve/);
    await as('watch', approveRelease, approval);
    await pack('sgt', hit, request.id);

    // B 466.6(c): the Commander audits.
    await as('ada', sampleInquiries, { seed: 'S' });
  });

  it('REL-2: a sergeant does not approve a release of another sergeant', {
    timeout: 120_000,
  }, async () => {
    const { as } = await openShift('barstow', { ...staff, sgt2: 'supervisor' });
    const { id } = await as('sgt', requestRelease, asked);
    await expect(as('sgt2', approveRelease, { id, why: 'Official purpose' })).rejects.toThrow(
      /releases\.approve/,
    );
  });

  it('USR-7 USR-11 USR-12 HOT-11: people are reviewed, retrained and limited, and whoever finds the vehicle ends its entry', {
    timeout: 120_000,
  }, async () => {
    const { as, enter, hitOf } = await openShift('barstow', {
      ...staff,
      tina: 'training_coordinator',
      vendor: 'maintenance',
    });

    // B 466.10: the vendor sees no plate; B 466.6(d): accounts are reviewed, and deactivated when they are not needed.
    await expect(as('vendor', searchDetections, {}, purpose)).rejects.toThrow(/detections\.search/);
    expect((await as('ada', reviewAccounts, {})).map(({ username }) => username)).toContain(
      'vendor',
    );
    await as('itm', deactivateAccount, { username: 'vendor', reason: 'The cameras are mounted' });

    // B 466.6(e): a person who did wrong is told, and retrained before they work here again.
    await as('itm', changeAccount, { username: 'moss', retraining: 'Looked up a neighbour.' });
    await expect(as('moss', searchDetections, {}, purpose)).rejects.toThrow(
      /Looked up a neighbour/,
    );
    const course = { course: 'ALPR and policy', completedOn: '2026-11-28' };
    await as('tina', recordTraining, { username: 'moss', ...course, retrained: true });
    await as('moss', searchDetections, {}, purpose);

    // B 466.11: the officer who finds the vehicle has it removed, whoever entered it.
    const { id } = await enter('det');
    await as('ada', approveHotPlate, { id });
    await hitOf({ id, caseNumber: '26-0042' });
    expect(await as('moss', reportRecovered, { id })).toMatchObject({ state: 'removed' });
  });
});
