import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countWaiting, listNotices } from '../../../src/accountability/notices/operations.ts';
import {
  exportAudit,
  listAudit,
  sampleInquiries,
} from '../../../src/accountability/oversight/operations.ts';
import { isReportedOf } from '../../../src/accountability/verification/report.ts';
import {
  answerReport,
  closeReport,
  listOwnReports,
  listReports,
  openReport,
  reportError,
  takeReport,
} from '../../../src/accountability/verification/report-operations.ts';
import { openStaffedUnit, type StaffedUnit } from '../../support/staffed-unit.ts';

const violation = {
  kind: 'violation',
  subject: 'Search without a case',
  text: 'Sergeant Roe looked up the car of his former wife.',
} as const;

async function staff(profile: string): Promise<StaffedUnit> {
  const unit = await openStaffedUnit(profile);
  unit.join('moss', 'officer', 'M. Moss');
  unit.join('roe', 'supervisor', 'Richard Roe');
  unit.join('poe', 'supervisor', 'P. Poe');
  return unit;
}

describe.each(['barstow', 'vallejo', 'vigilant-429'])('VER-12 under %s: a report', (profile) => {
  it('of an error reaches the sergeant, who takes it up, answers and closes it; the officer is told of each', async () => {
    const { as, accountability, time } = await staff(profile);
    const sent = await as('moss', reportError, {
      kind: 'error',
      subject: 'Left camera',
      text: 'It reads B as 8 since the rain of yesterday.',
    });
    expect(sent.readers).toEqual(expect.arrayContaining(['P. Poe', 'Richard Roe']));
    expect(accountability.health().waiting.reports).toBe(1);
    expect(await as('poe', countWaiting, {})).toMatchObject({ reports: 1 });
    expect(await as('moss', countWaiting, {})).toMatchObject({ reports: 0, notices: 0 });
    const [listed] = await as('poe', listReports, {});
    expect(listed).toMatchObject({ number: 1, kind: 'error', state: 'new', by: 'M. Moss' });

    const told = async () =>
      (await as('moss', listNotices, {})).notices.map(({ text }) => text.split(' at ')[0]);
    await as('poe', openReport, { number: 1 });
    await as('poe', openReport, { number: 1 });
    expect(await told()).toEqual(['P. Poe read your report 1']);
    time.ms += 60_000;
    expect(await as('poe', takeReport, { number: 1 })).toMatchObject({ state: 'taken' });
    time.ms += 60_000;
    await as('poe', answerReport, { number: 1, text: 'The technician comes on Monday.' });
    time.ms += 60_000;
    await as('poe', closeReport, {
      number: 1,
      outcome: 'corrected',
      note: 'The lens was cleaned and the seal was replaced.',
    });
    expect((await told()).slice(0, 3)).toEqual([
      'P. Poe has closed your report 1 (corrected); see your own reports',
      'P. Poe has answered your report 1; see your own reports',
      'P. Poe has taken your report 1; see your own reports',
    ]);
    const [mine] = await as('moss', listOwnReports, {});
    expect(mine?.steps.map(({ kind, by }) => `${kind} ${by}`)).toEqual([
      'read P. Poe',
      'taken P. Poe',
      'answered P. Poe',
      'closed P. Poe',
    ]);
    expect(await as('poe', listReports, {})).toEqual([]);
    expect(accountability.health().waiting.reports).toBe(0);
    await expect(as('poe', takeReport, { number: 1 })).rejects.toThrow(/is closed/);
    await expect(as('moss', listReports, {})).rejects.toThrow(/reports.read/);
    await expect(as('moss', openReport, { number: 1 })).rejects.toThrow(/reports.read/);
  });

  it.each([
    [
      'by account',
      { ...violation, subject: 'Search', text: 'He looked up a former wife.', about: 'roe' },
    ],
    ['by name', violation],
  ])('of a violation, %s, is never there for the person it is about', async (_, report) => {
    const { as, dataDir } = await staff(profile);
    const sent = await as('moss', reportError, report);
    expect(sent.readers).toContain('P. Poe');
    expect(sent.readers).not.toContain('Richard Roe');
    expect(await as('poe', listReports, {})).toHaveLength(1);
    expect(await as('roe', listReports, { state: 'all' })).toEqual([]);
    expect(await as('roe', countWaiting, {})).toMatchObject({ reports: 0 });
    for (const operation of [openReport, takeReport]) {
      await expect(as('roe', operation, { number: 1 })).rejects.toThrow(/no report 1/);
    }
    await expect(
      as('roe', closeReport, { number: 1, outcome: 'no_action', note: 'There was nothing to it.' }),
    ).rejects.toThrow(/no report 1/);
    // Nor does the audit log tell, whoever may read it.
    expect(readFileSync(join(dataDir, 'audit.db')).includes('former wife')).toBe(false);
  });

  it('of a violation is no data error, neither in the memorandum nor in the log', async () => {
    const { as, join: hire } = await staff(profile);
    hire('ann', profile === 'barstow' ? 'administrative_commander' : 'auditor');
    await as('moss', reportError, violation);
    const { memo } = await as('ann', sampleInquiries, {});
    expect(memo).toContain('None was found by a disposition');
    expect(memo).not.toMatch(/former wife|Roe|violation/);
    const { records } = await as('ann', listAudit, { category: 'Error Report' });
    expect(records.map(({ query }) => query)).toEqual([{}, {}]);
    const { bytes } = await as('ann', exportAudit, {});
    expect(Buffer.from(bytes).toString()).not.toMatch(/former wife|Richard Roe/);
  });
});

it('VER-12: names the account that a violation is about, or says that there is none', async () => {
  const { as } = await staff('barstow');
  await expect(as('moss', reportError, { ...violation, about: 'nobody' })).rejects.toThrow(
    /no account nobody/,
  );
  const sent = await as('moss', reportError, { ...violation, about: 'ROE' });
  expect(sent.about).toBe('Richard Roe');
});

it('VER-12: that is sent once more, as after a restart that left it unanswered, is on file once', async () => {
  const { as, time } = await staff('vallejo');
  const first = await as('moss', reportError, violation);
  time.ms += 60_000;
  expect(await as('moss', reportError, violation)).toEqual(first);
  expect(await as('moss', listOwnReports, {})).toHaveLength(1);
  time.ms += 3_600_000;
  expect((await as('moss', reportError, violation)).number).toBe(2);
});

it('VER-12: keeps nobody busy with more than 50 reports that wait', async () => {
  const { as } = await staff('barstow');
  const error = { kind: 'error', subject: 'Camera', text: 'It is dark at night.' } as const;
  for (let count = 0; count < 50; count += 1) {
    await as('moss', reportError, { ...error, subject: `Camera ${count}` });
  }
  await expect(as('moss', reportError, error)).rejects.toThrow(/50 of your reports/);
});

describe('whom a violation is about', () => {
  const roe = { account: 'a', username: 'rroe', name: 'Richard Roe' };
  const of = (text: string, about: string | null = null, kind = 'violation') =>
    isReportedOf({ kind, about, subject: 'Search', text }, roe);
  it.each(['roe did it', 'It was Sgt. ROE.', "Roe's search", 'rroe, at night', 'Richard-Roe'])(
    'is found in %j',
    (text) => expect(of(text)).toBe(true),
  );
  it.each(['Monroe did it', 'the heroes', 'nobody'])('is not read into %j', (text) =>
    expect(of(text)).toBe(false),
  );
  it('by account, and not in a report of an error', () => {
    expect(of('someone', 'a')).toBe(true);
    expect(of('someone', 'b')).toBe(false);
    expect(of('Roe', 'a', 'error')).toBe(false);
  });
});
