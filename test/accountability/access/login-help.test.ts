import { describe, expect, it } from 'vitest';
import { loginHelp } from '../../../src/accountability/access/login-help.ts';
import {
  approveAccount,
  changeAccount,
  closeAccount,
  createAccount,
  deactivateAccount,
  reactivateAccount,
  releaseAccount,
  resetPassword,
} from '../../../src/accountability/access/operations.ts';
import { Refusal } from '../../../src/accountability/gate/refusal.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { dayMs, goodPassword, hourMs, PeopleUnderTest } from './people-under-test.ts';

/** Why someone is refused at their login; null if they are let in. */
async function refusedAt(unit: PeopleUnderTest, username = 'pat', password = goodPassword) {
  try {
    await unit.login(username, password);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error;
  }
}

/** The help with a refusal names every step, for both; gives it as one text. */
function helpOf(refusal: Refusal | null): string {
  const help = refusal && loginHelp(refusal.code);
  expect(help?.you, refusal?.code).toBeTruthy();
  expect(help?.administrator, refusal?.code).toBeTruthy();
  return `${help?.you} ${help?.administrator}`;
}

describe('a login that is refused says what to do', () => {
  it('USR-16: an account that is locked out, deactivated or has a temporary password that is over comes back as it is said', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    await unit.join(ada, { username: 'pat' });
    const username = 'pat';
    for (let n = 0; n < 5; n += 1) await refusedAt(unit, 'pat', 'a wrong password');
    expect(helpOf(await refusedAt(unit))).toContain('lookout user release USERNAME');
    await unit.perform(ada, releaseAccount, { username });
    expect(await refusedAt(unit)).toBeNull();

    await unit.perform(ada, deactivateAccount, { username, reason: 'on leave' });
    expect(helpOf(await refusedAt(unit))).toContain('lookout user reactivate USERNAME');
    await unit.perform(ada, reactivateAccount, { username });
    expect(await refusedAt(unit)).toBeNull();

    const { temporaryPassword } = await unit.perform(ada, resetPassword, { username });
    unit.nowMs += 30 * dayMs;
    const over = await refusedAt(unit, 'pat', temporaryPassword);
    expect(over?.code).toBe('temporary-password-over');
    expect(helpOf(over)).toContain('lookout user reset-password USERNAME');
  });

  it('USR-16: one that waits for its approval, for a retraining, or is closed names who goes on with it', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    await unit.join(ada, { username: 'pat' });
    const username = 'pat';
    await unit.perform(ada, changeAccount, { username, retraining: 'searched without a case' });
    expect(helpOf(await refusedAt(unit))).toMatch(/training coordinator.*--retrained/);
    await unit.perform(ada, changeAccount, { username, retraining: null });
    expect(await refusedAt(unit)).toBeNull();
    await unit.perform(ada, closeAccount, { username, reason: 'has left' });
    const closed = await refusedAt(unit);
    expect(closed?.code).toBe('login-refused');
    helpOf(closed);
    await unit.perform(ada, createAccount, {
      ...{ username: 'kim', name: 'Kim Doe', role: 'officer', organisation: 'example-pd' },
      requestedBy: 'the chief',
    });
    const { temporaryPassword } = await unit.perform(ada, approveAccount, { username: 'kim' });
    expect(temporaryPassword).not.toBe('');
  });

  it('USR-4, USR-16: where nobody gets in for want of headquarters, the setting that it names lets them in', async () => {
    const unit = new PeopleUnderTest({ hasHeadquarters: true });
    await unit.first();
    unit.nowMs += 15 * dayMs;
    const refused = await refusedAt(unit, 'ada');
    expect(refused?.code).toBe('offline-too-long');
    const help = helpOf(refused);
    expect(help).toMatch(/no administrator either, and no rescue helps/);
    expect(help).toContain('policy.overrides.accounts.maxOfflineDays');
    await unit.people.rescue('ada', 'command line');
    const again = new PeopleUnderTest({ hasHeadquarters: true, dataDir: unit.dataDir });
    again.nowMs = unit.nowMs;
    expect((await refusedAt(again, 'ada'))?.code).toBe('login-refused');
    const { policy } = loadPolicy({
      profile: 'strict',
      overrides: { accounts: { maxOfflineDays: 60 } },
    });
    unit.people[Symbol.dispose]();
    again.people[Symbol.dispose]();
    const longer = new PeopleUnderTest({
      hasHeadquarters: true,
      dataDir: unit.dataDir,
      alter: ({ accounts }) => Object.assign(accounts, policy.accounts),
    });
    longer.nowMs = unit.nowMs;
    const { temporaryPassword } = await longer.people.rescue('ada', 'command line');
    expect(await refusedAt(longer, 'ada', temporaryPassword)).toBeNull();
  });

  it('AC-7: what it says of a wrong name, a wrong password and a locked account is one text', async () => {
    const unit = new PeopleUnderTest();
    await unit.join(await unit.first(), { username: 'pat' });
    const texts = [
      await refusedAt(unit, 'nobody'),
      await refusedAt(unit, 'pat', 'a wrong password'),
    ];
    for (let n = 0; n < 5; n += 1) await refusedAt(unit, 'pat', 'a wrong password');
    texts.push(await refusedAt(unit));
    unit.nowMs += hourMs;
    texts.push(await refusedAt(unit));
    expect(new Set(texts.map((refusal) => `${refusal?.message} ${helpOf(refusal)}`)).size).toBe(1);
  });
});
