import { describe, expect, it } from 'vitest';
import { createAccount } from '../../../src/accountability/access/operations.ts';
import { sampleInquiries } from '../../../src/accountability/oversight/operations.ts';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
} from '../../../src/accountability/releases/operations.ts';
import { setHold, showRetention } from '../../../src/accountability/retention/operations.ts';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import {
  confirmStatus,
  declareExigent,
  disposeHit,
  recordEnforcement,
} from '../../../src/accountability/verification/operations.ts';
import { asked, burglary, openShift, without } from './shift.ts';

const staff = {
  moss: 'officer',
  det: 'detective',
  sgt: 'supervisor',
  theft: 'auto_theft_sergeant',
  chief: 'chief',
} as const;

describe('a shift under the Vigilant user’s 429', () => {
  it('USR-5 USR-10 HOT-9 VER-5 AUD-1 AUD-7 REL-3: goes as the policy says, and stops where it says', {
    timeout: 120_000,
  }, async () => {
    const { as, enter, hire, look, pack, hitOf } = await openShift('vigilant-429', staff);

    // A 429.4: sworn staff alone; A 429.6: the Program Manager makes accounts, another approves.
    await hire('new', 'officer', { creator: 'ada', approver: 'chief' });
    await expect(
      as('ada', createAccount, {
        username: 'dana',
        name: 'Dana Fox',
        role: 'dispatcher',
        organisation: 'test-pd',
        requestedBy: 'e-mail to the sergeant',
      }),
    ).rejects.toMatchObject({ code: 'role-unknown' });

    // A 429.4: plate and reason, no name or address, no part of a plate; no approval and no end.
    const entry = without('caseNumber', 'synopsis', 'state');
    await expect(
      enter('moss', { ...entry, reason: 'Registered to John Smith, 12 Oak Street' }),
    ).rejects.toThrow(/names, addresses and CLETS data do not belong here/);
    await expect(enter('moss', { ...entry, plate: '8AB*', plateAgain: '8AB*' })).rejects.toThrow(
      /does not allow partial plates/,
    );
    const { id, state, findings } = await enter('moss', entry);
    expect(state).toBe('active');
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'review' }));

    // A 429.3: the eye and CLETS, and no exigent exit.
    const hit = await hitOf({ id, caseNumber: null });
    const stop = { id: hit.id, action: 'stop' } as const;
    await look('moss', hit);
    const exigent = { id: hit.id, text: 'Shots fired from the vehicle.' };
    await expect(as('moss', declareExigent, exigent, burglary)).rejects.toMatchObject({
      code: 'status-required',
    });
    await expect(as('moss', recordEnforcement, stop, burglary)).rejects.toThrow(/not confirmed/);
    const seen = await as(
      'moss',
      confirmStatus,
      { id: hit.id, channel: 'clets_mdc', source: 'MDC 14', result: 'confirmed' },
      burglary,
    );
    expect(seen.pursuitText).toBe('Any stop related to a hit follows the Vehicle Pursuit Policy.');
    await as('moss', recordEnforcement, stop, burglary);
    await as('moss', disposeHit, { id: hit.id, outcome: 'arrest' }, burglary);

    // A 429.4: a case or incident number, and a reason.
    for (const half of [{ caseNumber: '26-0042' }, { reason: 'burglary series' }]) {
      const inquiry = { purpose: 'investigation', ...half };
      await expect(as('moss', searchDetections, {}, inquiry)).rejects.toThrow(/required/);
    }
    await as('moss', searchDetections, { plate: '8ABC123' }, burglary);
    const hold = { scope: { kind: 'case', caseNumber: '26-0042' }, reason: 'Evidence' } as const;
    await as('det', setHold, hold, burglary);

    // A 429.5: verified, and approved by the Auto Theft Sergeant.
    const request = await as('moss', requestRelease, asked);
    const approval = { id: request.id, why: 'Need to know' };
    await as('moss', verifyRelease, { id: request.id, how: 'Share request system' });
    await expect(as('sgt', approveRelease, approval)).rejects.toThrow(/releases\.approve/);
    await as('theft', approveRelease, approval);
    await pack('moss', hit, request.id);

    // A 429.6: the Program Manager audits; A 429.4: two years.
    await as('ada', sampleInquiries, { seed: 'S' });
    const { sources } = await as('ada', showRetention, {});
    const kinds = sources.flatMap((source) => source.kinds);
    expect(kinds.map(({ minDays, maxDays }) => [minDays, maxDays])).toEqual([
      [730, 730],
      [730, 730],
      [730, 730],
    ]);
  });
});
