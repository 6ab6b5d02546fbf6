import { describe, expect, it } from 'vitest';
import { approveHotPlate } from '../../../src/accountability/hotplates/operations.ts';
import { sampleInquiries } from '../../../src/accountability/oversight/operations.ts';
import { approveRelease, requestRelease } from '../../../src/accountability/releases/operations.ts';
import { setHold, showRetention } from '../../../src/accountability/retention/operations.ts';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import {
  disposeHit,
  listOpenHits,
  recordEnforcement,
} from '../../../src/accountability/verification/operations.ts';
import { asked, openShift, without } from './shift.ts';

const staff = { moss: 'officer', chief: 'chief', clerk: 'records_clerk' } as const;
const purpose = { purpose: 'investigation' };

describe('a shift under Walnut Creek PD 432', () => {
  it('USR-6 USR-8 HOT-6 HOT-13 VER-5 AUD-2 REL-2: goes as the policy says, and stops where it says', {
    timeout: 120_000,
  }, async () => {
    const { as, enter, hire, look, pack, hitOf } = await openShift('walnut-creek', staff);

    // W 432.2.1(a): the agency's own titles, and W bars none.
    for (const [username, role] of [
      ['dana', 'dispatcher'],
      ['analyst', 'crime_analyst'],
      ['assistant', 'police_assistant'],
      ['watch', 'watch_commander'],
    ] as const) {
      await hire(username, role, { creator: 'ada', approver: 'chief' });
    }

    // W 432.3(c): a partial plate without case, end or state; the Commander, who is the ALPR administrator, approves.
    const partial = {
      ...without('caseNumber', 'synopsis', 'state'),
      plate: '8AB*',
      plateAgain: '8AB*',
    };
    const { id } = await enter('moss', partial);
    await expect(as('moss', approveHotPlate, { id })).rejects.toThrow(/hotplates\.approve/);
    expect(await as('ada', approveHotPlate, { id })).toMatchObject({
      state: 'active',
      approvedBy: { role: 'administrative_commander' },
    });

    // W 432.3(f): CLETS if practicable, so the stop is recorded with a warning; no document is asked for.
    const hit = await hitOf({ id, caseNumber: null });
    expect((await as('moss', listOpenHits, {})).hits).toMatchObject([{ id: hit.id }]);
    const seen = await look('moss', hit);
    expect(seen.act).toMatchObject({ allowed: true, warnings: [expect.stringMatching(/CLETS/)] });
    expect(seen.pursuitText).toMatch(/if practicable/);
    await as('moss', recordEnforcement, { id: hit.id, action: 'stop' }, purpose);
    await as('moss', disposeHit, { id: hit.id, outcome: 'arrest' }, purpose);

    // W 432.2, W 432.5(b): its purposes, and no case number; W is silent on immigration.
    await as('moss', searchDetections, { plate: '8ABC123' }, { purpose: 'homeland_security' });
    await expect(
      as('moss', searchDetections, {}, { purpose: 'crime_analysis' }),
    ).rejects.toMatchObject({ code: 'purpose-missing' });
    const reason = 'Removal of aliens';
    await as('moss', searchDetections, {}, { ...purpose, reason });
    const hold = { scope: { kind: 'case', caseNumber: '26-0042' }, reason: 'Evidence' } as const;
    await as('ada', setHold, hold, purpose);

    // W 432.8: law enforcement and prosecution; no form and no verification is asked for.
    const request = await as('clerk', requestRelease, { ...asked, reference: '' });
    const approval = { id: request.id, why: 'Official purpose' };
    await expect(as('chief', approveRelease, approval)).rejects.toThrow(/releases\.approve/);
    await as('ada', approveRelease, approval);
    await pack('clerk', hit, request.id);

    await as('ada', sampleInquiries, { seed: 'S' });
    const { sources, endless } = await as('ada', showRetention, {});
    expect(endless).toEqual(['reads', 'hits', 'images']);
    const kinds = sources.flatMap((source) => source.kinds);
    expect(kinds.map(({ minDays, maxDays }) => [minDays, maxDays])).toEqual([
      [365, null],
      [365, null],
      [365, null],
    ]);
  });
});
