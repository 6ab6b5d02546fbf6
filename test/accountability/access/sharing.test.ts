import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { reviewAccounts } from '../../../src/accountability/access/operations.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dayMs, goodPassword, PeopleUnderTest, refusal } from './people-under-test.ts';

/** Hands what one unit has to tell to another, as headquarters would; secrets travel open here. */
function tell(from: PeopleUnderTest, to: PeopleUnderTest): string[] {
  return from.people.sharing.unsent().map((unsent) => {
    const { account, secrets } = unsent;
    const sealed = Buffer.from(JSON.stringify(secrets)).toString('base64');
    from.people.sharing.sent(unsent, sealed);
    const told = { ...account, secrets: { ...account.secrets, sealed } };
    to.people.sharing.take({ sequence: 1, account: told }, secrets, () => {});
    return account.username;
  });
}

test('accounts that were made before units shared them are told, and their passwords after the next login', async () => {
  const dataDir = temporaryFolder();
  const before = new PeopleUnderTest({ dataDir, profile: 'vallejo' });
  await before.first();
  before.people[Symbol.dispose]();
  const db = new SQLite(join(dataDir, 'people.db'));
  db.exec('DROP INDEX account_unsent');
  for (const column of [
    'shared_password',
    'standing_revision',
    'rights_revision',
    'secrets_revision',
    'sealed_secrets',
    'unsent_id',
  ]) {
    db.exec(`ALTER TABLE account DROP COLUMN ${column}`);
  }
  db.exec("DELETE FROM migration WHERE id = 'access-5-shared'");
  db.close();

  const unit = new PeopleUnderTest({ dataDir, profile: 'vallejo' });
  const [first] = unit.people.sharing.unsent();
  expect(z.uuid().safeParse(first?.messageId).success).toBe(true);
  expect(first?.account).toMatchObject({ username: 'ada', standing: { state: 'active' } });
  expect(first?.secrets.password).toBeNull();
  await unit.login('ada', goodPassword);
  const other = new PeopleUnderTest({ profile: 'vallejo' });
  tell(unit, other);
  await other.login('ada', goodPassword);
});

test('USR-3: an account that one unit has not seen for 90 days is in use if another has, and a unit closes nobody out for all', async () => {
  const [one, other] = [
    new PeopleUnderTest({ profile: 'vallejo' }),
    new PeopleUnderTest({ profile: 'vallejo' }),
  ];
  const ada = await one.first();
  await one.join(ada, { username: 'moss' });
  tell(one, other);
  for (let day = 0; day < 100; day += 1) {
    for (const unit of [one, other]) unit.nowMs += dayMs;
    await one.login('moss', goodPassword);
    tell(one, other);
  }
  for (const unit of [one, other]) unit.people.sweep();
  await other.login('moss', goodPassword);
  // `ada` used none: each unit deactivates her by itself, and tells nobody.
  expect(await refusal(() => other.login('ada', goodPassword))).toBe('account-deactivated');
  expect(other.people.sharing.unsent()).toEqual([]);
});

test('USR-11: of a login on another unit the day is shown, never an hour, and of one on this unit the time', async () => {
  const [one, other] = [
    new PeopleUnderTest({ profile: 'vallejo' }),
    new PeopleUnderTest({ profile: 'vallejo' }),
  ];
  const ada = await one.first();
  await one.join(ada, { username: 'moss' });
  for (const unit of [one, other]) unit.nowMs = Date.parse('2026-11-29T02:30:00Z');
  await one.login('moss', goodPassword);
  tell(one, other);
  const adaThere = (await other.login('ada', goodPassword)).token;
  const shown = async () => {
    const all = await other.perform(adaThere, reviewAccounts, {});
    return all.find(({ username }) => username === 'moss');
  };
  expect(await shown()).toMatchObject({ lastLoginAt: null, lastLoginElsewhereOn: '2026-11-29' });
  expect((await shown())?.findings).not.toContain('has never logged in');
  const { session } = await other.login('moss', goodPassword);
  expect(session).toMatchObject({ lastLoginAt: null, lastLoginElsewhereOn: '2026-11-29' });
  expect(await shown()).toMatchObject({
    lastLoginAt: '2026-11-29T02:30:00.000Z',
    lastLoginElsewhereOn: null,
  });
});

test('USR-11: a midnight that an earlier version kept for a login on another unit becomes its day', async () => {
  const dataDir = temporaryFolder();
  const before = new PeopleUnderTest({ dataDir, profile: 'vallejo' });
  const ada = await before.first();
  await before.join(ada, { username: 'moss' });
  before.people[Symbol.dispose]();
  const db = new SQLite(join(dataDir, 'people.db'));
  db.prepare("UPDATE account SET last_login_at_ms = ? WHERE username = 'moss'").run(
    Date.parse('2026-11-20'),
  );
  db.exec('ALTER TABLE account DROP COLUMN last_used_elsewhere_on');
  db.exec("DELETE FROM migration WHERE id = 'access-8-used-elsewhere'");
  db.close();
  const unit = new PeopleUnderTest({ dataDir, profile: 'vallejo' });
  const { token } = await unit.login('ada', goodPassword);
  const all = await unit.perform(token, reviewAccounts, {});
  expect(
    all.map(({ lastLoginAt, lastLoginElsewhereOn }) => [lastLoginAt, lastLoginElsewhereOn]),
  ).toEqual([
    [new Date(unit.nowMs).toISOString(), null],
    [null, '2026-11-20'],
  ]);
});

test('USR-3: of a login on another unit only the day is known, and the 90 days count from its end', async () => {
  const [one, other] = [
    new PeopleUnderTest({ profile: 'vallejo' }),
    new PeopleUnderTest({ profile: 'vallejo' }),
  ];
  const ada = await one.first();
  await one.join(ada, { username: 'moss' });
  for (const unit of [one, other]) unit.nowMs = Date.parse('2026-12-01T23:50:00Z');
  await one.login('moss', goodPassword);
  tell(one, other);
  const deactivated = (unit: PeopleUnderTest) =>
    unit.records.some(
      ({ operation, object }) => operation === 'users.deactivate' && object === 'account moss',
    );
  const at = (time: string) => {
    for (const unit of [one, other]) {
      unit.nowMs = Date.parse(time);
      unit.people.sweep();
    }
    return [deactivated(one), deactivated(other)];
  };
  expect(at('2027-03-01T23:40:00Z')).toEqual([false, false]);
  expect(at('2027-03-01T23:50:00Z')).toEqual([true, false]);
  expect(at('2027-03-02T00:00:00Z')).toEqual([true, true]);
});

test('what a unit itself has told, heard before its acknowledgement, ends no session of its own people', async () => {
  const unit = new PeopleUnderTest({ profile: 'vallejo' });
  const ada = await unit.first();
  for (const { account, secrets } of unit.people.sharing.unsent()) {
    const sealed = Buffer.from(JSON.stringify(secrets)).toString('base64');
    const told = { ...account, secrets: { ...account.secrets, sealed } };
    unit.people.sharing.take({ sequence: 1, account: told }, secrets, () => {});
  }
  expect((await unit.perform(ada, reviewAccounts, {})).map(({ username }) => username)).toEqual([
    'ada',
  ]);
});

test('five wrong passwords on one unit lock nobody out on another', async () => {
  const [one, other] = [
    new PeopleUnderTest({ profile: 'vallejo' }),
    new PeopleUnderTest({ profile: 'vallejo' }),
  ];
  const ada = await one.first();
  await one.join(ada, { username: 'moss' });
  tell(one, other);
  for (let count = 0; count < 6; count += 1) {
    await refusal(() => other.login('moss', 'a wrong one'));
  }
  expect(await refusal(() => other.login('moss', goodPassword))).toBe('login-refused');
  tell(other, one);
  await one.login('moss', goodPassword);
});

test('USR-4: who headquarters revokes on one unit is closed there alone, until headquarters means all', async () => {
  const [one, other] = [
    new PeopleUnderTest({ profile: 'vallejo' }),
    new PeopleUnderTest({ profile: 'vallejo' }),
  ];
  const ada = await one.first();
  await one.join(ada, { username: 'moss' });
  tell(one, other);
  // The other unit is in the wrong hands.
  const at = new Date(other.nowMs).toISOString();
  other.people.obeyRevocations({ at, everyone: true, accounts: [] });
  expect(await refusal(() => other.login('moss', goodPassword))).toBe('login-refused');
  expect(tell(other, one)).toEqual([]);
  await one.login('moss', goodPassword);
});
