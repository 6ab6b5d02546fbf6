import { describe, expect, it } from 'vitest';
import { approveHotPlate } from '../../../src/accountability/hotplates/operations.ts';
import { sampleInquiries } from '../../../src/accountability/oversight/operations.ts';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
} from '../../../src/accountability/releases/operations.ts';
import { liftHold, setHold } from '../../../src/accountability/retention/operations.ts';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import {
  confirmStatus,
  declareExigent,
  disposeHit,
  openHit,
  recordEnforcement,
} from '../../../src/accountability/verification/operations.ts';
import { asked, openShift, wanted, without } from './shift.ts';

const staff = {
  moss: 'officer',
  det: 'detective',
  sgt: 'supervisor',
  chief: 'chief',
  clerk: 'records_clerk',
  dana: 'dispatcher',
} as const;

describe('a shift under Napa PD 429', () => {
  it('USR-6 HOT-5 HOT-6 VER-3 VER-9 AUD-2 RET-10 REL-2 REL-4: goes as the policy says, and stops where it says', {
    timeout: 120_000,
  }, async () => {
    const { as, enter, hire, look, pack, hitOf } = await openShift('napa', staff);
    await hire('analyst', 'crime_analyst', { creator: 'ada', approver: 'chief' });

    // N 429.5(f)5: a supervisor before entry, thirty days, which can be had again; name, case, reasoning.
    await expect(enter('det')).rejects.toThrow(/expiry \(in days, 30 at most\)/);
    await expect(enter('det', { ...wanted, days: 31 })).rejects.toThrow(/30 days/);
    await expect(enter('det', { ...without('reason'), days: 30 })).rejects.toThrow(
      /reason must be/,
    );
    const { id } = await enter('det', { ...wanted, days: 30 });
    await expect(as('det', approveHotPlate, { id })).rejects.toThrow(/hotplates\.approve/);
    expect(await as('sgt', approveHotPlate, { id })).toMatchObject({ state: 'active' });

    // N 429.5(e)(f): validated first, unless exigent; N 429.7(b) asks for no case number.
    const hit = await hitOf({ id, caseNumber: '26-0042' });
    const purpose = { purpose: 'investigation' };
    await as('moss', openHit, { id: hit.id }, purpose);
    const stop = { id: hit.id, action: 'stop' } as const;
    await look('moss', hit);
    await expect(as('moss', recordEnforcement, stop, purpose)).rejects.toThrow(/not confirmed/);
    await as(
      'moss',
      declareExigent,
      { id: hit.id, text: 'Shots fired from the vehicle.' },
      purpose,
    );
    await as('moss', recordEnforcement, stop, purpose);
    await as(
      'dana',
      confirmStatus,
      { id: hit.id, channel: 'dispatch', source: 'Dispatcher 12', result: 'confirmed' },
      purpose,
    );
    const outcome = { id: hit.id, outcome: 'arrest' } as const;
    await expect(as('moss', disposeHit, outcome, purpose)).rejects.toThrow(/report number/);
    await as('moss', disposeHit, { ...outcome, reportNumber: 'R26-77' }, purpose);

    await as('moss', searchDetections, { plate: '8ABC123' }, purpose);
    const forIce = { ...purpose, reason: 'Locate undocumented persons' };
    await expect(as('moss', searchDetections, {}, forIce)).rejects.toThrow(/N 429\.2/);
    const hold = { scope: { kind: 'case', caseNumber: '26-0042' }, reason: 'Evidence' } as const;
    // N 429.6: officers maintain what is evidence; who lifts it is another.
    const held = await as('moss', setHold, hold, purpose);
    const lift = { id: held.id, why: 'The case is closed' };
    await expect(as('moss', liftHold, lift, purpose)).rejects.toThrow(/holds\.lift/);

    // N 429.8(b): the Administrator, who considers the Values Act.
    const request = await as('clerk', requestRelease, {
      ...asked,
      reference: 'Flock share request 4432',
    });
    await as('clerk', verifyRelease, { id: request.id, how: 'Valid MOU with the network' });
    const approval = { id: request.id, why: 'Need to know', valuesActConsidered: true };
    await expect(as('chief', approveRelease, approval)).rejects.toThrow(/releases\.approve/);
    await expect(
      as('ada', approveRelease, { ...approval, valuesActConsidered: false }),
    ).rejects.toThrow(/N 429\.8\(b\)/);
    await as('ada', approveRelease, approval);
    await pack('clerk', hit, request.id);

    expect(
      (await as('ada', sampleInquiries, { seed: 'S' })).sample.inquiries.length,
    ).toBeGreaterThan(0);
  });
});
