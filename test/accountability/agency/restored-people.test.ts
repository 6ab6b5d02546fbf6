import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { accountKey } from '../../../src/accountability/access/shared-account.ts';
import { createAgency } from '../../../src/accountability/agency/agency.ts';
import { signAgencyMessage } from '../../../src/accountability/agency/agency-message.ts';
import { createKnownRows } from '../../../src/accountability/agency/tables.ts';
import type { AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import { createLog } from '../../../src/platform/log.ts';
import { openRecords } from '../../records/open-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { goodPassword, PeopleUnderTest, refusal, terminal } from '../access/people-under-test.ts';

test('USR-4: an account that was closed stays closed when people.db is restored from before that', async () => {
  const dataDir = temporaryFolder();
  const keyFile = join(dataDir, 'headquarters.pem');
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  const restored = new PeopleUnderTest({ profile: 'vallejo' });
  await restored.join(await restored.first(), { username: 'moss' });
  const account = restored.people.sharing
    .unsent()
    .map((unsent) => unsent.account)
    .find(({ username }) => username === 'moss');
  if (account === undefined) throw new Error('no account of moss');

  const { db, outbox, close } = openRecords(dataDir);
  const unit = { agency: 'vallejo-pd', id: 'car-7' };
  /** The agency before and after the restoration, on one lookout.db. */
  const agencyOf = (accounts: PeopleUnderTest['people']['sharing']) =>
    createAgency({
      ...{ db, unit, keyFile, outbox, secretFile: undefined, accounts },
      hotPlates: { take: () => 'known' },
      canvasses: { take: () => false },
      officials: { take: () => false },
      audit: { append: (entry) => ({ ...entry, seq: 1 }) as AuditRecord },
      clock: () => restored.nowMs,
      log: createLog({ level: 'silent' }),
    });
  const { standing } = account;
  const closed = signAgencyMessage(
    {
      kind: 'account',
      agency: unit.agency,
      sequence: 7,
      at: standing.since,
      id: accountKey('moss'),
      unit: 'car-8',
      body: { ...account, standing: { ...standing, revision: 9, state: 'closed' } },
    },
    privateKey,
  );
  const payload = Buffer.from(JSON.stringify(closed));
  const takesAll = { ...restored.people.sharing, unsent: () => [], take: () => true };
  using before = agencyOf(takesAll);
  before.take(payload);
  await restored.login('moss', goodPassword);
  // It is retained, and comes again with the next connection.
  using after = agencyOf(restored.people.sharing);
  after.take(payload);
  expect(await refusal(() => restored.login('moss', goodPassword))).toBe('login-refused');
  await close();
});

test('USR-4: sessions of an old copy of an account end, and who may write the data folder can let an administrator in', async () => {
  const known = { sequence: 5, standing: 1, rights: 1, secrets: 1 };
  let isRestored = false;
  const restored = new PeopleUnderTest({
    profile: 'vallejo',
    knownOf: (key) => (isRestored && key === accountKey('ada') ? { ...known, standing: 9 } : null),
  });
  const { people } = restored;
  const ada = await restored.first();
  const moss = await restored.join(ada, { username: 'moss' });
  isRestored = true;
  expect(await refusal(() => people.session(ada, terminal))).toBe('session-over');
  expect(await refusal(() => restored.login('ada', goodPassword))).toBe('account-not-current');
  expect(people.session(moss, terminal).username).toBe('moss');
  const { temporaryPassword } = await people.rescue('ada', terminal);
  const { session } = await restored.login('ada', temporaryPassword);
  expect(session.must).toBe('change-password');
});

test('USR-4: people.db that is moved away begins again with a first administrator of the same name', async () => {
  const again = new PeopleUnderTest({
    profile: 'vallejo',
    knownOf: () => ({ sequence: 5, standing: 9, rights: 9, secrets: 9 }),
  });
  const token = await again.first();
  expect(again.people.session(token, terminal).username).toBe('ada');
});

test('USR-4: an account that headquarters revoked is known to be closed when people.db is put back', async () => {
  const dataDir = temporaryFolder();
  const { db, outbox, close } = openRecords(dataDir);
  const knownOf = createKnownRows(db).of;
  const unit = { agency: 'vallejo-pd', id: 'car-7' };
  const before = new PeopleUnderTest({ profile: 'vallejo', knownOf });
  const token = await before.first();
  await before.join(token, { username: 'moss' });
  await before.join(token, { username: 'reyes' });
  copyFileSync(join(before.dataDir, 'people.key'), join(dataDir, 'people.key'));
  const copy = new SQLite(join(before.dataDir, 'people.db'), { readonly: true });
  await copy.backup(join(dataDir, 'people.db'));
  copy.close();
  using agency = createAgency({
    ...{ db, unit, keyFile: '', outbox, secretFile: undefined },
    accounts: before.people.sharing,
    hotPlates: { take: () => 'known' },
    canvasses: { take: () => false },
    officials: { take: () => false },
    audit: before.audit,
    clock: () => before.nowMs,
    log: createLog({ level: 'silent' }),
  });
  agency.start();
  before.people.revoke({ username: 'moss', reason: 'left' });
  agency.noteClosed();

  const restored = new PeopleUnderTest({ profile: 'vallejo', knownOf, dataDir });
  expect(await refusal(() => restored.login('moss', goodPassword))).toBe('account-not-current');
  expect(await refusal(() => restored.login('reyes', goodPassword))).toBeNull();
  await close();
});
