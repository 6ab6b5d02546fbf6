import { describe, expect, it } from 'vitest';
import {
  approveHotPlate,
  changeHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import { listAudit, sampleInquiries } from '../../../src/accountability/oversight/operations.ts';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
} from '../../../src/accountability/releases/operations.ts';
import { setHold, showRetention } from '../../../src/accountability/retention/operations.ts';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import {
  confirmStatus,
  disposeHit,
  listOpenHits,
  openHit,
  recordEnforcement,
} from '../../../src/accountability/verification/operations.ts';
import { asked, burglary, openShift, without } from './shift.ts';

const staff = {
  moss: 'officer',
  det: 'detective',
  sgt: 'supervisor',
  chief: 'chief',
  clerk: 'records_clerk',
  dana: 'dispatcher',
  psd: 'auditor',
  itm: 'it_manager',
} as const;

describe('a shift under Vallejo PD 426', () => {
  it('USR-6 HOT-6 VER-3 VER-6 VER-9 AUD-2 REL-2 REL-4 AUD-6: goes as the policy says, and stops where it says', {
    timeout: 120_000,
  }, async () => {
    const { as, enter, hire, look, pack, hitOf } = await openShift('vallejo', staff);

    // V 426.3.1(a): analysts and police assistants have accounts too; V 426.3: the IT Manager makes them.
    await hire('analyst', 'crime_analyst', { creator: 'itm', approver: 'chief' });
    await hire('pa', 'police_assistant', { creator: 'ada', approver: 'chief' });

    // V 426.4(f)(5): case number and synopsis, no end; the Administrator approves, the supervisor a change.
    await expect(enter('det', without('caseNumber'))).rejects.toThrow(/case number must be given/);
    await expect(enter('det', without('synopsis'))).rejects.toThrow(/synopsis must be given/);
    const { id, state } = await enter('det');
    expect(state).toBe('awaiting');
    await expect(as('det', approveHotPlate, { id })).rejects.toThrow(/hotplates\.approve/);
    await expect(as('sgt', approveHotPlate, { id })).rejects.toThrow(/may not approve a new entry/);
    expect(await as('ada', approveHotPlate, { id })).toMatchObject({ state: 'active' });
    const reason = 'Witness corrected it';
    await as('det', changeHotPlate, { id, draft: { synopsis: 'Flees southbound' }, reason });
    await as('sgt', approveHotPlate, { id });

    // V 426.4(e)(f): an alert is no basis; CLETS or dispatch and the eye first; dispatchers do not enforce.
    const hit = await hitOf({ id, caseNumber: '26-0042' });
    expect((await as('moss', listOpenHits, {})).hits).toMatchObject([{ id: hit.id }]);
    await expect(as('moss', openHit, { id: hit.id })).rejects.toThrow(/purpose/);
    await expect(
      as('moss', openHit, { id: hit.id }, { purpose: 'stolen_vehicle' }),
    ).rejects.toMatchObject({ code: 'case-missing' });
    const stop = { id: hit.id, action: 'stop' } as const;
    await expect(as('moss', recordEnforcement, stop, burglary)).rejects.toThrow(
      /not verified by eye.*not confirmed by CLETS or dispatch/,
    );
    const status = {
      id: hit.id,
      channel: 'dispatch',
      source: 'Dispatcher 12',
      result: 'confirmed',
    };
    await as('dana', confirmStatus, status as never, burglary);
    await expect(as('dana', recordEnforcement, stop, burglary)).rejects.toThrow(/alerts\.enforce/);
    const seen = await look('moss', hit);
    expect(seen.act.allowed).toBe(true);
    expect(seen.pursuitText).toMatch(/reasonable suspicion or probable cause/);
    await as('moss', recordEnforcement, stop, burglary);
    const outcome = { id: hit.id, outcome: 'arrest' } as const;
    await expect(as('moss', disposeHit, outcome, burglary)).rejects.toThrow(/CAD/);
    await as('moss', disposeHit, { ...outcome, cadNumber: '26-1234' }, burglary);

    // V 426.6(e), V 426.7: each search has a case or a reason, and none is for immigration enforcement.
    await expect(
      as('moss', searchDetections, { plate: '8ABC123' }, { purpose: 'investigation' }),
    ).rejects.toMatchObject({ code: 'case-missing' });
    const forIce = { purpose: 'investigation', reason: 'ICE detainer on the owner' };
    await expect(as('moss', searchDetections, { plate: '8ABC123' }, forIce)).rejects.toThrow(
      /V 426\.7/,
    );
    const found = await as('moss', searchDetections, { plate: '8ABC123' }, burglary);
    expect(found.detections).toHaveLength(1);
    await expect(as('itm', searchDetections, {}, burglary)).rejects.toThrow(/detections\.search/);

    // V 426.5: evidence is kept.
    const hold = { scope: { kind: 'case', caseNumber: '26-0042' }, reason: 'Evidence' } as const;
    await expect(as('moss', setHold, hold, burglary)).rejects.toThrow(/holds\.set/);
    await as('det', setHold, hold, burglary);

    // V 426.6(d), V 426.9: in writing, verified, approved by the Chief, who considered the Values Act; no more than that.
    await expect(as('clerk', requestRelease, { ...asked, reference: '' })).rejects.toThrow(
      /writing/,
    );
    await expect(as('clerk', requestRelease, { ...asked, agency: 'DHS' })).rejects.toMatchObject({
      code: 'immigration-enforcement',
    });
    const request = await as('clerk', requestRelease, asked);
    const approval = { id: request.id, why: 'Need to know', valuesActConsidered: true };
    await expect(as('chief', approveRelease, approval)).rejects.toThrow(/must be verified/);
    await as('clerk', verifyRelease, { id: request.id, how: 'Called back' });
    await expect(as('sgt', approveRelease, approval)).rejects.toThrow(/releases\.approve/);
    await expect(
      as('chief', approveRelease, { ...approval, valuesActConsidered: false }),
    ).rejects.toThrow(/V 426\.9\(c\)/);
    await expect(pack('clerk', hit, request.id)).rejects.toThrow(/is verified/);
    await as('chief', approveRelease, approval);
    await pack('clerk', hit, request.id);
    await expect(pack('clerk', hit, request.id)).rejects.toThrow(/used up/);

    // V 426.8: Professional Standards audits; V 426.5: one year at most.
    await expect(as('moss', listAudit, {})).rejects.toThrow(/audit\.read/);
    const doubtful = { purpose: 'investigation', reason: 'Status check on the driver' };
    await as('moss', searchDetections, { plate: '8ABC123' }, doubtful);
    const { sample, memo } = await as('psd', sampleInquiries, { seed: 'S' });
    expect(memo).toContain('the reason speaks of the status of a person: make sure');
    expect(sample.inquiries.length).toBeGreaterThan(0);
    const { sources, endless } = await as('itm', showRetention, {});
    expect(endless).toEqual([]);
    expect(
      sources.map(({ source, is, kinds }) => [source, is, kinds.map((each) => each.maxDays)]),
    ).toEqual([
      ['front', 'former', [365, 365, 365]],
      // A hit of a vendor is kept as every hit is.
      ['flock', 'vendor', [30, 365, 30]],
    ]);
  });
});
