import { describe, expect, it } from 'vitest';
import {
  approveAccount,
  changeAccount,
  createAccount,
  listAccounts,
  listTrainings,
  recordTraining,
  reviewAccounts,
} from '../../../src/accountability/access/operations.ts';
import { listNotices } from '../../../src/accountability/notices/operations.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

const course = { course: 'ALPR and policy', completedOn: '2026-11-20' };

describe.each([
  ['vallejo', 'V 426.10'],
  ['barstow', 'B 466.8'],
])('USR-2 under %s: who keeps the trainings (%s)', (profile) => {
  it('records trainings, sees who is due and the history, and may do nothing else', async () => {
    const { as, join } = await openStaffedUnit(profile);
    join('tina', 'training_coordinator', 'T. Corporal');
    join('moss', 'officer', 'M. Moss');
    expect(loadPolicy({ profile, overrides: {} }).policy.roles.training_coordinator).toEqual([
      'training.record',
    ]);
    await as('ada', changeAccount, { username: 'moss', retraining: 'A search without a case.' });
    const due = async () =>
      (await as('tina', listTrainings, {})).filter((person) => person.due !== null);
    expect(await due()).toMatchObject([
      { username: 'moss', due: 'retraining: A search without a case.' },
    ]);
    const told = (await as('tina', listNotices, {})).notices.map(({ text }) => text);
    expect(told).toEqual([expect.stringContaining('Retraining of M. Moss is asked for')]);
    await expect(as('moss', listNotices, {})).rejects.toThrow(/retrained.*A search without a case/);

    const { history } = await as('tina', recordTraining, {
      username: 'moss',
      ...course,
      expiresOn: '2027-11-20',
      retrained: true,
    });
    expect(history.map(({ kind, enteredBy }) => `${kind} by ${enteredBy}`)).toEqual([
      'retrained by tina',
      'completed by tina',
      'retraining asked by ada',
    ]);
    expect(history[1]).toMatchObject({ ...course, expiresOn: '2027-11-20' });
    expect(await due()).toEqual([]);
    // The officer is told, now that the login is open again.
    expect((await as('moss', listNotices, {})).notices[0]?.text).toContain('asked of you');
    const listed = (await as('ada', listAccounts, {})).find(({ username }) => username === 'moss');
    expect(listed).toMatchObject({
      training: { ...course, expiresOn: '2027-11-20' },
      trainingDue: null,
    });

    await expect(as('tina', recordTraining, { username: 'tina', ...course })).rejects.toThrow(
      /your own account/,
    );
    await expect(as('tina', listAccounts, {})).rejects.toThrow(/accounts.read/);
    await expect(as('tina', changeAccount, { username: 'moss', name: 'X' })).rejects.toThrow(
      /accounts.change/,
    );
    await expect(as('moss', recordTraining, { username: 'ada', ...course })).rejects.toThrow(
      /training.record/,
    );
  });

  it('is told a month before a training ends', async () => {
    const { as, join, time } = await openStaffedUnit(profile);
    join('tina', 'training_coordinator');
    join('moss', 'officer');
    await as('tina', recordTraining, { username: 'moss', ...course, expiresOn: '2027-01-10' });
    const due = async () =>
      (await as('tina', listTrainings, {})).find(({ username }) => username === 'moss')?.due;
    expect(await due()).toBe(null);
    time.ms = Date.parse('2026-12-20T12:00:00Z');
    expect(await due()).toBe('expires on 2027-01-10');
    time.ms = Date.parse('2027-01-12T12:00:00Z');
    expect(await due()).toBe('expired on 2027-01-10');
  });
});

it('USR-10 USR-11: the review says whom the first administrator made and approved alone, and until when', async () => {
  const { as, time } = await openStaffedUnit('vallejo');
  const hire = async (username: string, role: 'officer' | 'chief') => {
    const person = {
      username,
      name: username,
      role,
      organisation: 'test-pd',
      requestedBy: 'Chief',
    };
    await as('ada', createAccount, person);
    await as('ada', approveAccount, { username });
  };
  const findings = async (username: string) =>
    (await as('ada', reviewAccounts, {})).find((each) => each.username === username)?.findings;
  await hire('moss', 'officer');
  expect(await findings('moss')).toContain(
    'made and approved by ada alone on 2026-11-29; a second person confirms it',
  );
  expect(await findings('ada')).toContain(
    'made and approved alone: moss (nobody else may approve yet)',
  );
  time.ms += 3 * 86_400_000;
  await hire('roe', 'chief');
  expect(await findings('ada')).toContain(
    'made and approved alone: moss, roe (until 2026-12-02, since when roe may approve)',
  );
  await expect(hire('tan', 'officer')).rejects.toThrow(/You created this account/);
});
