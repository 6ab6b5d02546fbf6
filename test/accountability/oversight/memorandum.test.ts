import { describe, expect, it } from 'vitest';
import { listCanvasses } from '../../../src/accountability/canvass/operations.ts';
import { enterHotPlate } from '../../../src/accountability/hotplates/operations.ts';
import {
  fileMemo,
  finishMemo,
  judgeInquiry,
  listMemos,
  openMemo,
  reportUse,
  sampleInquiries,
} from '../../../src/accountability/oversight/operations.ts';
import { refuseRelease, requestRelease } from '../../../src/accountability/releases/operations.ts';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import { disposeHit } from '../../../src/accountability/verification/operations.ts';
import { reportError } from '../../../src/accountability/verification/report-operations.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

const burglary = { purpose: 'investigation', caseNumber: '26-0042', reason: 'burglary series' };
const private_ = { purpose: 'investigation', reason: 'my ex girlfriend' };

describe('AUD-6 AUD-8: the audit of Professional Standards under Vallejo (V 426.8)', () => {
  async function audited() {
    const unit = await openStaffedUnit('vallejo');
    const { join, as, time } = unit;
    join('ann', 'auditor', 'A. Ann');
    join('chief', 'chief', 'C. Roe');
    join('moss', 'officer', 'M. Moss');
    await as('moss', searchDetections, { plate: '8LVN362' }, burglary);
    await as('moss', searchDetections, { plate: '?*' }, private_);
    await as('chief', searchDetections, { plate: '6MZR274' }, burglary);
    // The list of canvasses shows no detection and asks for no purpose: nobody has to answer for it.
    await as('moss', listCanvasses, {});
    time.ms += 60_000;
    return unit;
  }

  it('ends with a verdict and a note for each, which change until the memorandum is final, and is filed', async () => {
    const { as } = await audited();
    const { sample, memorandum, memo } = await as('ann', sampleInquiries, { seed: 'S' });
    expect(memorandum).toMatchObject({
      ...{ number: 1, name: 'car-7-0001', state: 'open', inquiries: 3, verdicts: [] },
    });
    expect(memo).toContain('Memorandum car-7-0001 of test-pd, unit car-7, drawn ');
    expect(memo).toContain('Covers: the log of unit car-7 alone. Each unit of the agency keeps');
    expect(memo).toContain('**Draft**');
    expect(memo).toContain('3 not judged yet');
    expect(memo).toContain('searched for nothing in particular');
    const numberOf = (reason: string, who = 'moss') =>
      sample.inquiries.findIndex(
        ({ inquiry, looks }) => inquiry?.reason === reason && looks[0]?.who.username === who,
      ) + 1;
    const suspect = numberOf('my ex girlfriend');
    const judge = (inquiry: number, verdict: 'within_policy' | 'not_within_policy', note: string) =>
      as('ann', judgeInquiry, { number: 1, inquiry, verdict, note });

    await judge(suspect, 'within_policy', 'At first sight.');
    await judge(suspect, 'not_within_policy', 'A private matter; he said so himself.');
    await judge(numberOf('burglary series'), 'within_policy', 'Case 26-0042 is his.');
    await expect(as('ann', finishMemo, { number: 1 })).rejects.toThrow(/Not judged yet: \d/);
    await expect(as('ann', fileMemo, { number: 1, where: 'PSD 2026-14' })).rejects.toThrow(
      /not finished/,
    );
    // The Chief may audit, but not their own look.
    await expect(
      as('chief', judgeInquiry, {
        number: 1,
        inquiry: numberOf('burglary series', 'chief'),
        verdict: 'within_policy',
        note: 'Mine.',
      }),
    ).rejects.toThrow(/is your own/);
    await judge(numberOf('burglary series', 'chief'), 'within_policy', 'Case 26-0042.');
    await expect(judge(4, 'within_policy', 'None.')).rejects.toThrow(/inquiries 1 to 3/);

    await expect(as('ann', finishMemo, { number: 'car-8-0001' })).rejects.toThrow(
      'Memorandum car-8-0001 is not of this unit (car-7); it is on the unit that drew it.',
    );
    await expect(as('ann', finishMemo, { number: 'car-7-0002' })).rejects.toThrow(
      'There is no memorandum car-7-0002 on car-7.',
    );
    await expect(as('ann', finishMemo, { number: 'first' })).rejects.toThrow(/car-7-0001/);
    expect(await as('ann', finishMemo, { number: 'car-7-0001' })).toMatchObject({ state: 'final' });
    await expect(judge(suspect, 'within_policy', 'Too late.')).rejects.toThrow(/is final/);
    const final = (await as('chief', openMemo, { number: 1 })).memo;
    expect(final).toContain('2 within the policy, 1 not within the policy');
    expect(final).toContain(
      'NOT WITHIN THE POLICY: A private matter; he said so himself. (A. Ann)',
    );
    expect(final).not.toContain('Draft');

    await as('ann', fileMemo, { number: 1, where: 'Professional Standards, file 2026-14' });
    expect(await as('chief', listMemos, {})).toMatchObject([
      { number: 1, state: 'filed', filed: { where: 'Professional Standards, file 2026-14' } },
    ]);
    const filed = (await as('chief', openMemo, { number: 1 })).memo;
    expect(filed.startsWith(final)).toBe(true);
    expect(filed).toContain('Filed: Professional Standards, file 2026-14, by A. Ann (ann)');
    await expect(as('moss', listMemos, {})).rejects.toThrow(/audit.read/);
  });

  it('says when the same time was drawn before, so that nobody draws until it looks well', async () => {
    const { as } = await audited();
    await as('ann', sampleInquiries, {});
    const { memo } = await as('ann', sampleInquiries, {});
    expect(memo).toContain('it was drawn before, in memoranda car-7-0001.');
  });

  it('VER-11: holds the data errors that dispositions and employees found, with their corrections', async () => {
    const { as, hitOf, join, time } = await audited();
    join('dee', 'detective', 'D. Dee');
    const { id } = await as('dee', enterHotPlate, {
      plate: '8ABC123',
      plateAgain: '8ABC123',
      state: 'CA',
      category: 'felony_vehicle',
      synopsis: 'Robbery of a store',
      caseNumber: '26-004211',
      days: 30,
    });
    const close = async (disposal: object) => {
      const hit = await hitOf({ id, caseNumber: '26-004211' });
      await as(
        'moss',
        disposeHit,
        { id: hit.id, cadNumber: '26-0042', ...disposal } as never,
        burglary,
      );
      return hit.id;
    };
    const misread = await close({ outcome: 'misread_characters', correctedPlate: '8ABC128' });
    const bad = await close({ outcome: 'bad_entry' });
    await as('moss', reportError, {
      kind: 'error',
      subject: 'Wrong colour',
      text: 'The entry names a blue car, and it is white.',
    });
    time.ms += 60_000;
    const { memo } = await as('ann', sampleInquiries, {});
    const row = (part: string) => memo.split('\n').find((line) => line.includes(part)) ?? '';
    const short = (id: string) => `alert no. …${id.slice(-6)}`;
    expect(row(short(misread))).toContain('| misread characters | 8ABC123 (CA) → 8ABC128 (CA) |');
    expect(row(short(misread))).toContain('M. Moss');
    expect(row(short(bad))).toContain('| bad entry |');
    expect(memo.split('## Appendix')[1]).toContain(`hit ${misread}`);
    expect(row('report 1')).toContain('The entry names a blue car, and it is white. (new)');
    const { text } = await as('ann', reportUse, {});
    expect(text).toContain('8ABC123 (CA) → 8ABC128 (CA)');
  });
});

it('AUD-9: the annual report of Barstow counts purposes of queries and requests of other agencies (B 466.6(d))', async () => {
  const { as, join, time } = await openStaffedUnit('barstow');
  join('cmd', 'administrative_commander', 'A. Cmd');
  join('moss', 'officer', 'M. Moss');
  join('watch', 'watch_commander', 'W. Poe');
  await as('moss', searchDetections, { plate: '8LVN362' }, burglary);
  await as('moss', searchDetections, { plate: '8LVN363' }, burglary);
  await as('moss', searchDetections, { plate: '8LVN364' }, { purpose: 'missing_person' });
  const ask = {
    agency: 'San Bernardino County Sheriff',
    person: 'Det. Lee',
    purpose: 'homicide of 12 November',
    data: 'reads of 8LVN362',
    reference: 'letter of 20 November',
    kind: 'law_enforcement' as const,
    covers: { plates: ['8LVN362'], spans: [{ from: '2026-11-01', to: '2026-11-20' }] },
  };
  const first = await as('moss', requestRelease, ask);
  const second = await as('moss', requestRelease, { ...ask, purpose: 'a parking matter' });
  await as('cmd', refuseRelease, { id: second.id, why: 'It is no need to know.' });
  time.ms += 60_000;
  const { report, text } = await as('cmd', reportUse, {});
  const moss = report.purposes.filter(({ username }) => username === 'moss');
  expect(moss).toMatchObject([
    {
      purpose: 'investigation',
      category: 'Detection Browsing',
      looks: 2,
      inquiries: 2,
      numbered: 2,
    },
    { purpose: 'missing_person', looks: 1, inquiries: 1, numbered: 0, inPolicy: true },
  ]);
  expect(text).toContain(
    '| moss | M. Moss | missing person | Detection Browsing | 1 | 1 | 0 | yes |',
  );
  expect(report.requests).toMatchObject({
    made: 2,
    approved: 0,
    refused: 1,
    waiting: 1,
    packages: 0,
  });
  expect(text).toContain(`| ${first.number} |`);
  expect(text).toContain('2 made, 0 approved, 1 refused, 1 waiting; 0 packages released.');
});
