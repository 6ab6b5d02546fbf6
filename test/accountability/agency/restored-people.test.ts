import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accountKey } from '../../../src/accountability/access/shared-account.ts';
import { createAgency } from '../../../src/accountability/agency/agency.ts';
import { signAgencyMessage } from '../../../src/accountability/agency/agency-message.ts';
import type { AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import { createLog } from '../../../src/platform/log.ts';
import { openRecords } from '../../records/open-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { goodPassword, PeopleUnderTest, refusal } from '../access/people-under-test.ts';

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
  using before = agencyOf({ unsent: () => [], sent: () => undefined, take: () => true });
  before.take(payload);
  await restored.login('moss', goodPassword);
  // It is retained, and comes again with the next connection.
  using after = agencyOf(restored.people.sharing);
  after.take(payload);
  expect(await refusal(() => restored.login('moss', goodPassword))).toBe('login-refused');
  await close();
});
