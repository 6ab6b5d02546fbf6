import { join } from 'node:path';
import { countAccounts } from '../accountability/access/accounts.ts';
import { faultOfOwner } from '../accountability/access/tables.ts';
import { auditPaths } from '../accountability/audit/anchor.ts';
import { verifyInThread } from '../accountability/audit/verify-in-thread.ts';
import { refuseWiped } from '../accountability/lost-unit/erase-unit.ts';
import { lostUnitFile } from '../accountability/lost-unit/lost-unit-state.ts';
import type { Config } from '../config/schema.ts';
import { counted } from '../platform/counted.ts';
import { messageOf } from '../platform/problem.ts';
import { about, type Check, type Finding, presenceOf, saidAndAdvised } from './check.ts';

/** Accounts, the audit log; that the unit was wiped. */
export function oversightChecks(config: Config): Check[] {
  const { dataDir } = config.unit;
  return [
    async () => [await accounts(config.unit)],
    async () => [await auditLog(config)],
    async () => wiped(dataDir),
  ];
}

async function accounts(unit: Config['unit']): Promise<Finding> {
  const found = about('accounts', 'accounts');
  const path = join(unit.dataDir, 'people.db');
  const presence = await presenceOf(path);
  if (presence === 'missing') return found.ok('no database yet; the daemon creates it');
  if (presence === 'closed') return found.closed();
  try {
    const strange = faultOfOwner(unit);
    if (strange !== null) return found.failure(...saidAndAdvised(strange));
    const count = countAccounts(path);
    if (count > 0) return found.ok(`${count}`);
    return found.warning(
      'there are none, so logging in is not possible',
      'Create the first one with the one-time code that "lookout run" prints, or with "lookout user first".',
    );
  } catch (error) {
    return found.failure(messageOf(error), 'Stop lookout and keep a copy of the file.');
  }
}

/** That the unit was given up, so that the daemon does not start. */
async function wiped(dataDir: string): Promise<Finding[]> {
  if ((await presenceOf(join(dataDir, lostUnitFile))) !== 'there') return [];
  try {
    refuseWiped(dataDir);
    return [];
  } catch (error) {
    return [about('unit', 'unit').failure('lookout does not start on it', messageOf(error))];
  }
}

async function auditLog({ unit }: Config): Promise<Finding> {
  const found = about('audit-log', 'audit log');
  // A key or an anchor without the log means that the log was removed.
  const parts = await Promise.all(Object.values(auditPaths(unit.dataDir)).map(presenceOf));
  if (parts.includes('closed')) return found.closed();
  if (!parts.includes('there')) return found.ok('does not exist yet; the daemon creates it');
  const { sound, records, findings } = await verifyInThread({ dataDir: unit.dataDir, unit });
  if (sound) return found.ok(`${counted(records, 'record')}, an unbroken chain`);
  return found.failure(
    `${counted(findings.length, 'finding')}, the first: ${findings[0]?.text}`,
    'Keep a copy of the data folder and run "lookout audit verify".',
  );
}
