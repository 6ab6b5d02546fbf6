import { copyFileSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openAccountability } from '../../src/accountability/accountability.ts';
import type { AuditVerification } from '../../src/accountability/audit/audit-verification.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createLog } from '../../src/platform/log.ts';
import { goodPassword, refusal } from '../accountability/access/people-under-test.ts';
import { attackFolder } from './unit-under-attack.ts';

const fromTest = 'command line test';
const dayMs = 86_400_000;
const login = { username: 'ada', password: goodPassword, noticeAcknowledged: true };

/** A clock that a test sets, on a machine on which so much time has really passed. */
interface TestClock {
  nowMs: number;
  passedMs?: number;
}

function pass(clock: TestClock, ms: number): void {
  clock.nowMs += ms;
  clock.passedMs = (clock.passedMs ?? 0) + ms;
}

/** The accountability side in a folder, on a clock that the test turns. */
async function open(dataDir: string, clock: TestClock = { nowMs: Date.now() }, id = 'car-1') {
  const config = configSchema.parse({
    unit: { agency: 'test-pd', id, dataDir },
    uplink: { enabled: false },
  });
  const accountability = await openAccountability({
    config,
    log: createLog({ level: 'silent' }),
    clock: () => clock.nowMs,
    sinceBoot: { bootId: 'test', ms: () => clock.passedMs ?? 0 },
  });
  onTestFinished(() => accountability[Symbol.asyncDispose]());
  return accountability;
}

function folder(): string {
  const path = attackFolder();
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A unit with its administrator, who has logged in twice; closed again. */
async function used(clock: TestClock = { nowMs: Date.now() }): Promise<string> {
  const dataDir = folder();
  const accountability = await open(dataDir, clock);
  const code = accountability.people.firstStartCode() ?? '';
  await accountability.people.makeFirstAdministrator(
    {
      ...{
        code,
        username: 'ada',
        name: 'Ada Cole',
        organisation: 'test-pd',
        password: goodPassword,
      },
      training: { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null },
      cletsUntil: '2099-01-01',
    },
    fromTest,
  );
  for (let n = 0; n < 2; n += 1) {
    const { token } = await accountability.people.login(login, fromTest);
    accountability.people.logout(token, fromTest);
  }
  await accountability[Symbol.asyncDispose]();
  return dataDir;
}

async function verified(dataDir: string): Promise<AuditVerification> {
  const accountability = await open(dataDir);
  const { token } = await accountability.people.login(login, fromTest);
  const found = await accountability.gate.perform({
    token,
    from: fromTest,
    operation: 'audit.verify',
    input: {},
  });
  return found as AuditVerification;
}

describe('the audit log of a real unit', () => {
  it('is found intact if it was not changed', async () => {
    expect((await verified(await used())).findings).toEqual([]);
  });

  it.each([
    ['a changed name', 'UPDATE record SET body = replace(body, \'"ada"\', \'"eve"\')'],
    ['a removed record', 'DELETE FROM record WHERE seq = 3'],
    ['a cut tail', 'DELETE FROM record WHERE seq > 3'],
    [
      'two records in each other’s place',
      'UPDATE record SET seq = -seq WHERE seq IN (3, 4); UPDATE record SET seq = 7 + seq WHERE seq < 0',
    ],
  ])('%s is found', async (_, sql) => {
    const dataDir = await used();
    const db = new SQLite(join(dataDir, 'audit.db'));
    const triggers = db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
      .pluck()
      .all();
    // Whoever owns the file can drop what forbids the change.
    for (const name of triggers) db.exec(`DROP TRIGGER ${String(name)}`);
    db.exec(sql);
    db.close();
    const accountability = await open(dataDir);
    const answer = await refusal(async () => {
      const { token } = await accountability.people.login(login, fromTest);
      const found = await accountability.gate.perform({
        token,
        from: fromTest,
        operation: 'audit.verify',
        input: {},
      });
      if ((found as AuditVerification).findings.length > 0) throw new Error('found');
    });
    // Either the check finds it, or the log refuses to be written any further.
    expect(answer).toMatch(/^(Error: found|audit-unwritable)$/);
  });
});

describe('an audit log that cannot be written', () => {
  const audit = (dataDir: string) => join(dataDir, 'audit.db');

  it('stops no daemon: sessions lock and end all the same', async () => {
    const clock = { nowMs: Date.now() };
    const dataDir = await used(clock);
    const accountability = await open(dataDir, clock);
    const { token } = await accountability.people.login(login, fromTest);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    accountability.startUpkeep();
    rmSync(audit(dataDir));
    clock.nowMs += 31 * 60_000;
    vi.advanceTimersByTime(60_000);
    expect(accountability.people.session(token, fromTest).locked).toBe(true);
  });

  it('is shown by its problem while it lasts, and affects no other figure', async () => {
    const dataDir = await used();
    const accountability = await open(dataDir);
    renameSync(audit(dataDir), join(dataDir, 'aside'));
    expect(accountability.health().reminders).toEqual([]);
    expect(await refusal(() => accountability.people.login(login, fromTest))).toBe(
      'audit-unwritable',
    );
    expect(accountability.health().audit.problem).toMatch(/is missing although/);
    renameSync(join(dataDir, 'aside'), audit(dataDir));
    await accountability.people.login(login, fromTest);
    expect(accountability.health().audit.problem).toBeNull();
  });
});

describe('the clock set back', () => {
  it('revives neither session nor account, and not over a restart either', async () => {
    const clock: TestClock = { nowMs: Date.now() };
    const dataDir = await used(clock);
    const accountability = await open(dataDir, clock);
    const { token } = await accountability.people.login(login, fromTest);
    pass(clock, 13 * 3_600_000);
    expect(await refusal(() => accountability.people.session(token, fromTest))).toBe(
      'session-over',
    );
    pass(clock, 91 * dayMs);
    accountability.people.sweep();
    clock.nowMs -= 91 * dayMs + 13 * 3_600_000;
    expect(await refusal(() => accountability.people.login(login, fromTest))).toBe(
      'account-deactivated',
    );
    await accountability[Symbol.asyncDispose]();
    const again = await open(dataDir, clock);
    expect(await refusal(() => again.people.login(login, fromTest))).toBe('account-deactivated');
  });

  it('does not stretch a session that was open at the time', async () => {
    const clock: TestClock = { nowMs: Date.now() };
    const dataDir = await used(clock);
    const accountability = await open(dataDir, clock);
    const { token } = await accountability.people.login(login, fromTest);
    pass(clock, 11 * 3_600_000);
    expect(accountability.people.session(token, fromTest).username).toBe('ada');
    clock.nowMs -= 11 * 3_600_000;
    expect(accountability.people.session(token, fromTest).username).toBe('ada');
    pass(clock, 12 * 3_600_000);
    expect(await refusal(() => accountability.people.session(token, fromTest))).toBe(
      'session-over',
    );
  });

  it('that ran ahead by mistake deactivates nobody', async () => {
    const clock: TestClock = { nowMs: Date.now() };
    const accountability = await open(await used(clock), clock);
    clock.nowMs += 4000 * dayMs;
    accountability.people.sweep();
    expect(await refusal(() => accountability.people.login(login, fromTest))).toBeNull();
  });

  it('that was ahead from the first start is put right by a rescue, which is on record', async () => {
    const rightMs = Date.now();
    const clock: TestClock = { nowMs: rightMs + 4000 * dayMs };
    const dataDir = await used(clock);
    const accountability = await open(dataDir, clock);
    accountability.people.sweep();
    clock.nowMs = rightMs;
    const { temporaryPassword } = await accountability.people.rescue('ada', fromTest);
    const { session } = await accountability.people.login(
      { ...login, password: temporaryPassword },
      fromTest,
    );
    expect(session.must).toBe('change-password');
    expect(Date.parse(session.loggedInAt)).toBe(rightMs);
    const records = accountability.audit.read({ operation: 'users.rescue' }, { limit: 5 });
    expect(records).toMatchObject([{ object: 'account ada', from: fromTest }]);
  });
});

describe('databases copied from another unit', () => {
  it('accounts of another unit are refused, with or without their key', async () => {
    const [ours, theirs] = [await used(), folder()];
    await (await open(theirs, undefined, 'car-2'))[Symbol.asyncDispose]();
    for (const name of ['people.db', 'people.db-wal', 'people.db-shm']) {
      rmSync(join(theirs, name), { force: true });
      if (existsSync(join(ours, name))) copyFileSync(join(ours, name), join(theirs, name));
    }
    await expect(open(theirs, undefined, 'car-2')).rejects.toThrow(/belongs to another unit/);
    copyFileSync(join(ours, 'people.key'), join(theirs, 'people.key'));
    await expect(open(theirs, undefined, 'car-2')).rejects.toThrow(/belongs to another unit/);
    rmSync(join(theirs, 'people.key'));
    await expect(open(theirs, undefined, 'car-2')).rejects.toThrow(/its key .* is missing/);
  });

  it('a whole data folder does not serve under another name', async () => {
    const [ours, theirs] = [await used(), folder()];
    cpSync(ours, theirs, { recursive: true });
    await expect(open(theirs, undefined, 'car-2')).rejects.toThrow(/belongs to another unit/);
  });

  it('a password hash set in from another unit opens nothing', async () => {
    const [ours, theirs] = [await used(), await used()];
    const stolen = new SQLite(join(theirs, 'people.db'));
    const hash = stolen.prepare('SELECT password FROM account').pluck().get();
    stolen.close();
    const db = new SQLite(join(ours, 'people.db'));
    db.prepare('UPDATE account SET password = ?').run(hash);
    db.close();
    const accountability = await open(ours);
    expect(await refusal(() => accountability.people.login(login, fromTest))).toBe('login-refused');
  });
});
