import { expect, test } from 'vitest';
import {
  approveAccount,
  confirmAccount,
  createAccount,
  reviewAccounts,
} from '../../../src/accountability/access/operations.ts';
import { PeopleUnderTest } from './people-under-test.ts';

test('USR-10 under vigilant-429: the sergeant, whom A 429.4 has asked for access, approves, and confirms what was approved alone', async () => {
  const unit = new PeopleUnderTest({ profile: 'vigilant-429' });
  const ada = await unit.first();
  await unit.join(ada, { username: 'moss' });
  const theft = await unit.join(ada, { username: 'theft', role: 'auto_theft_sergeant' });
  const findings = async (username: string) => {
    const all = await unit.perform(theft, reviewAccounts, {});
    return all.find((each) => each.username === username)?.findings.join('; ');
  };
  const confirm = (token: string, username: string) =>
    unit.perform(token, confirmAccount, { username });
  expect(await findings('moss')).toContain(
    'made and approved by ada alone on 2026-11-22; a second person confirms it',
  );
  await expect(confirm(ada, 'moss')).rejects.toThrow(/a second person must confirm it/);
  await expect(confirm(theft, 'theft')).rejects.toThrow(/your own account/);
  expect(await confirm(theft, 'moss')).toMatchObject({ createdBy: 'ada', approvedBy: 'theft' });
  expect(await findings('moss')).not.toContain('alone');
  await expect(confirm(theft, 'moss')).rejects.toThrow(/nothing to confirm/);

  // From now on the Program Manager makes accounts (A 429.6), and the sergeant approves them.
  await unit.perform(ada, createAccount, {
    username: 'dana',
    name: 'Dana Fox',
    role: 'officer',
    organisation: 'test-pd',
    requestedBy: 'e-mail to the sergeant',
  });
  const dana = { username: 'dana' };
  await expect(unit.perform(ada, approveAccount, dana)).rejects.toThrow(/such as theft/);
  await unit.perform(theft, approveAccount, dana);
});
