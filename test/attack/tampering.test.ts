import { copyFileSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type Accountability,
  openAccountability,
} from '../../src/accountability/accountability.ts';
import type { AuditVerification } from '../../src/accountability/audit/audit-verification.ts';
import { createLog } from '../../src/platform/log.ts';
import { goodPassword, refusal } from '../accountability/access/people-under-test.ts';
import { stopOnce } from '../support/stop-once.ts';
import { attackFolder, configOf, openPlace, type Place, places } from './unit-under-attack.ts';

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

/** The accountability side of a unit in a folder, on a clock that the test turns. */
async function open(dataDir: string, clock: TestClock = { nowMs: Date.now() }, id = 'car-1') {
  const config = configOf('unit', { dataDir, id });
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
  await useOnce(accountability);
  await accountability[Symbol.asyncDispose]();
  return dataDir;
}

/** Makes the administrator, who logs in twice. */
async function useOnce({ people }: Accountability): Promise<void> {
  const code = people.firstStartCode() ?? '';
  await people.makeFirstAdministrator(
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
    const { token } = await people.login(login, fromTest);
    people.logout(token, fromTest);
  }
}

/** A unit or headquarters, with its page, in a folder; closed with the test, or by `stop`. */
async function openAt(place: Place, dataDir: string, id?: string) {
  const config = configOf(place, { dataDir, ...(id !== undefined && { id }) });
  const { accountability, stop } = await openPlace(place, config);
  return { accountability, stop: stopOnce(stop) };
}

describe.each(places)('the databases of a real %s', (place) => {
  let made: string;
  beforeAll(async () => {
    made = attackFolder();
    const { accountability, stop } = await openPlace(place, configOf(place, { dataDir: made }));
    await useOnce(accountability);
    await stop();
  });
  afterAll(() => rmSync(made, { recursive: true, force: true }));

  /** A copy of a folder whose administrator has logged in twice. */
  function usedFolder(): string {
    const dataDir = folder();
    cpSync(made, dataDir, { recursive: true });
    return dataDir;
  }

  async function verified(dataDir: string): Promise<AuditVerification> {
    const { accountability } = await openAt(place, dataDir);
    const { token } = await accountability.people.login(login, fromTest);
    const found = await accountability.gate.perform({
      token,
      from: fromTest,
      operation: 'audit.verify',
      input: {},
    });
    return found as AuditVerification;
  }

  it('have an audit log that is found intact if it was not changed', async () => {
    expect((await verified(usedFolder())).findings).toEqual([]);
  });

  it.each([
    ['a changed name', 'UPDATE record SET body = replace(body, \'"ada"\', \'"eve"\')'],
    ['a removed record', 'DELETE FROM record WHERE seq = 3'],
    ['a cut tail', 'DELETE FROM record WHERE seq > 3'],
    [
      'two records in each other’s place',
      'UPDATE record SET seq = -seq WHERE seq IN (3, 4); UPDATE record SET seq = 7 + seq WHERE seq < 0',
    ],
  ])('have an audit log in which %s is found', async (_, sql) => {
    const dataDir = usedFolder();
    const db = new SQLite(join(dataDir, 'audit.db'));
    const triggers = db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
      .pluck()
      .all();
    // Whoever owns the file can drop what forbids the change.
    for (const name of triggers) db.exec(`DROP TRIGGER ${String(name)}`);
    db.exec(sql);
    db.close();
    const answer = await refusal(async () => {
      if ((await verified(dataDir)).findings.length > 0) throw new Error('found');
    });
    // Either the check finds it, or the log refuses to be written any further.
    expect(answer).toMatch(/^(Error: found|audit-unwritable)$/);
  });

  it('have an audit log whose problem is shown while it cannot be written, and affects no other figure', async () => {
    const dataDir = usedFolder();
    const { accountability } = await openAt(place, dataDir);
    renameSync(join(dataDir, 'audit.db'), join(dataDir, 'aside'));
    expect(accountability.health().reminders).toEqual([]);
    expect(await refusal(() => accountability.people.login(login, fromTest))).toBe(
      'audit-unwritable',
    );
    expect(accountability.health().audit.problem).toMatch(/is missing although/);
    renameSync(join(dataDir, 'aside'), join(dataDir, 'audit.db'));
    await accountability.people.login(login, fromTest);
    expect(accountability.health().audit.problem).toBeNull();
  });

  it('have accounts that another refuses, with or without their key', async () => {
    const [ours, theirs] = [usedFolder(), folder()];
    await (await openAt(place, theirs, 'car-2')).stop();
    for (const name of ['people.db', 'people.db-wal', 'people.db-shm']) {
      rmSync(join(theirs, name), { force: true });
      if (existsSync(join(ours, name))) copyFileSync(join(ours, name), join(theirs, name));
    }
    await expect(openAt(place, theirs, 'car-2')).rejects.toThrow(/belongs to another unit/);
    copyFileSync(join(ours, 'people.key'), join(theirs, 'people.key'));
    await expect(openAt(place, theirs, 'car-2')).rejects.toThrow(/belongs to another unit/);
    rmSync(join(theirs, 'people.key'));
    await expect(openAt(place, theirs, 'car-2')).rejects.toThrow(/its key .* is missing/);
  });

  it('do not serve under another name, a whole folder either', async () => {
    const dataDir = usedFolder();
    await expect(openAt(place, dataDir, 'car-2')).rejects.toThrow(/belongs to another unit/);
  });

  it('take no password hash of another', async () => {
    const ours = usedFolder();
    const stolen = new SQLite(join(await used(), 'people.db'));
    const hash = stolen.prepare('SELECT password FROM account').pluck().get();
    stolen.close();
    const db = new SQLite(join(ours, 'people.db'));
    db.prepare('UPDATE account SET password = ?').run(hash);
    db.close();
    const { accountability } = await openAt(place, ours);
    expect(await refusal(() => accountability.people.login(login, fromTest))).toBe('login-refused');
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
