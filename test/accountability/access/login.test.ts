import { describe, expect, it } from 'vitest';
import {
  approveAccount,
  changeAccount,
  changePassword,
  confirmSecondFactor,
  createAccount,
  listAccounts,
  lockSession,
  makeRecoveryCodes,
  offerSecondFactor,
  reactivateAccount,
  releaseAccount,
  resetPassword,
  resetSecondFactor,
} from '../../../src/accountability/access/operations.ts';
import { numberRule } from '../../../src/accountability/policy/number-rule.ts';
import { totpCode, totpStep } from '../../support/totp-code.ts';
import {
  dayMs,
  goodPassword,
  hourMs,
  minuteMs,
  PeopleUnderTest,
  refusal,
  terminal,
} from './people-under-test.ts';

const trained = (completedOn: string, expiresOn: string | null) => ({
  course: 'Basics',
  completedOn,
  expiresOn,
});

/** Base32 back to bytes, as an authenticator program reads it. */
function bytesOf(secret: string): Buffer {
  const bits = [...secret]
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

describe('the first start', () => {
  it('makes one administrator by a one-time code, and nothing by default', async () => {
    const unit = new PeopleUnderTest();
    expect(unit.people.form()).toMatchObject({ firstStart: true });
    const old = unit.people.firstStartCode() ?? '';
    const code = unit.people.firstStartCode() ?? '';
    const first = {
      username: 'ada',
      name: 'Ada Cole',
      organisation: 'example-pd',
      password: goodPassword,
      training: null,
      cletsUntil: null,
    };
    const make = (given: string) => () =>
      unit.people.makeFirstAdministrator({ ...first, code: given }, terminal);
    expect(await refusal(make(old))).toBe('code-refused');
    expect(await refusal(make(' '))).toBe('code-refused');
    await make(code.toLowerCase().replace('-', ' '))();
    expect(await refusal(make(code))).toBe('not-first');
    expect(unit.people.firstStartCode()).toBeNull();
    expect(unit.people.form()).toMatchObject({ firstStart: false });
    expect((await unit.login('ADA', goodPassword)).session.role).toBe('alpr_administrator');
  });

  it.each([
    ['a clearance that has ended', { cletsUntil: '2026-10-01' }],
    ['training that has ended', { training: trained('2026-01-31', '2026-10-01') }],
    ['training that is yet to come', { training: trained('2031-01-31', null) }],
  ])('refuses %s, for the first administrator and for everyone after', async (_, days) => {
    const unit = new PeopleUnderTest();
    const code = unit.people.firstStartCode() ?? '';
    const person = { username: 'ada', name: 'Ada Cole', organisation: 'example-pd', ...days };
    const first = { ...person, password: goodPassword, code };
    expect(await refusal(() => unit.people.makeFirstAdministrator(first, terminal))).toBe(
      'day-unusable',
    );
    const ada = await unit.first();
    const pat = { ...person, username: 'pat', role: 'officer', requestedBy: 'Moss' } as const;
    expect(await refusal(() => unit.perform(ada, createAccount, pat))).toBe('day-unusable');
  });

  it('takes a clearance that ends today', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const today = new Date(unit.nowMs).toLocaleDateString('sv');
    const pat = await unit.join(ada, { username: 'pat', cletsUntil: today });
    expect(unit.people.session(pat, terminal).permissions).toContain('detections.search');
  });

  it('slows down guessing of the code', async () => {
    const unit = new PeopleUnderTest();
    const code = unit.people.firstStartCode() ?? '';
    const first = {
      username: 'ada',
      name: 'Ada Cole',
      organisation: 'example-pd',
      password: goodPassword,
    };
    const make = (given: string) => () =>
      unit.people.makeFirstAdministrator({ ...first, code: given }, terminal);
    for (let n = 0; n < 5; n += 1) expect(await refusal(make(`AAAA-AAA${n}`))).toBe('code-refused');
    expect(await refusal(make(code))).toBe('too-many-tries');
    unit.nowMs += minuteMs + 1;
    expect(await refusal(make(code))).toBeNull();
  });

  it('an administrator without training may keep accounts but sees no plate', async () => {
    const unit = new PeopleUnderTest();
    await unit.people.makeFirstAdministrator(
      {
        code: unit.people.firstStartCode() ?? '',
        username: 'ada',
        name: 'Ada Cole',
        organisation: 'example-pd',
        password: goodPassword,
      },
      terminal,
    );
    const { session } = await unit.login('ada', goodPassword);
    expect(session.permissions).toContain('accounts.create');
    expect(session.permissions).not.toContain('alerts.watch');
    expect(session.restrictions.join(' ')).toMatch(/No training.*No CLETS clearance/);
  });
});

describe('logging in', () => {
  it('asks for the use notice each time', async () => {
    const unit = new PeopleUnderTest();
    await unit.first();
    const login = { username: 'ada', password: goodPassword, noticeAcknowledged: false };
    expect(await refusal(() => unit.people.login(login, terminal))).toBe('notice-not-acknowledged');
  });

  it('USR-1: each login, failure, lock and logout is audited under a person of their own', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    await refusal(() => unit.login('ada', 'wrong'));
    await refusal(() => unit.login('nobody', goodPassword));
    await refusal(() => unit.login('Four wet herons!', goodPassword));
    await unit.perform(token, lockSession, {});
    await unit.people.unlock(token, { password: goodPassword }, terminal);
    unit.people.logout(token, terminal);
    const told = unit.records
      .filter(({ category }) => category === 'User Login')
      .map(({ operation, outcome, who }) => `${operation} ${outcome} ${who.username}`);
    expect(told).toEqual([
      'session.login done ada',
      'session.login refused ada',
      'session.login refused nobody',
      'session.login refused (not a username)',
      'session.lock started ada',
      'session.lock done ada',
      'session.unlock done ada',
      'session.logout done ada',
    ]);
  });

  it('reveals nothing about which names exist: the same words and the same work', async () => {
    const unit = new PeopleUnderTest();
    await unit.first();
    const cost = async (username: string) => {
      const before = unit.people.passwordRuns;
      const message = await unit.login(username, 'wrong').catch((error: Error) => error.message);
      return { message, runs: unit.people.passwordRuns - before };
    };
    const known = await cost('ada');
    expect(await cost('nobody')).toEqual(known);
    for (let n = 0; n < 5; n += 1) await cost('ada');
    expect(await cost('ada')).toEqual(known);
    expect(known.runs).toBe(1);
  });

  it('locks after five failures in a quarter of an hour until an administrator releases it', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    await unit.join(ada, { username: 'pat' });
    for (let n = 0; n < 4; n += 1) await refusal(() => unit.login('pat', 'wrong'));
    expect(await refusal(() => unit.login('pat', goodPassword))).toBeNull();
    for (let n = 0; n < 5; n += 1) await refusal(() => unit.login('pat', 'wrong'));
    expect(await refusal(() => unit.login('pat', goodPassword))).toBe('login-refused');
    unit.nowMs += dayMs / 4;
    expect(await refusal(() => unit.login('pat', goodPassword))).toBe('login-refused');
    expect(unit.records.some(({ note }) => note?.includes('locked out after 5'))).toBe(true);
    const { token } = await unit.login('ada', goodPassword);
    await unit.perform(token, releaseAccount, { username: 'pat' });
    expect(await refusal(() => unit.login('pat', goodPassword))).toBeNull();
  });

  it('failures further apart than the window do not lock', async () => {
    const unit = new PeopleUnderTest();
    await unit.first();
    for (let n = 0; n < 8; n += 1) {
      await refusal(() => unit.login('ada', 'wrong'));
      unit.nowMs += 4 * minuteMs;
    }
    expect(await refusal(() => unit.login('ada', goodPassword))).toBeNull();
  });

  it('a hundred tries at once are counted like a hundred in a row', async () => {
    const unit = new PeopleUnderTest();
    await unit.first();
    const tries = Array.from({ length: 14 }, (_, n) =>
      refusal(() => unit.login('ada', n === 13 ? goodPassword : `wrong ${n}`)),
    );
    expect(new Set(await Promise.all(tries))).toEqual(new Set(['login-refused']));
    const flood = Array.from({ length: 40 }, () => refusal(() => unit.login('ada', 'wrong')));
    expect(await Promise.all(flood)).toContain('busy');
  });

  it('shows nothing and opens no session while the audit log cannot be written', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    unit.auditIsBroken = true;
    expect(await refusal(() => unit.login('ada', goodPassword))).toBe('audit-unwritable');
    expect(await refusal(() => unit.perform(token, listAccounts, {}))).toBe('audit-unwritable');
    unit.auditIsBroken = false;
    expect(unit.records.filter(({ operation }) => operation === 'session.login')).toHaveLength(1);
  });
});

describe('who may be here', () => {
  it('USR-2: without training on file, or after it ran out, no plate is shown', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    await unit.join(ada, { username: 'untrained', training: null });
    const { token, session: untrained } = await unit.login('untrained', goodPassword);
    await expect(unit.perform(token, listAccounts, {})).rejects.toThrow('No training is on file');
    expect(untrained.permissions.sort()).toEqual(['diagnostics.read', 'policy.read']);
    expect(untrained.restrictions[0]).toContain('training');

    const training = { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: '2026-11-30' };
    const pat = await unit.join(ada, { username: 'pat', training });
    expect(unit.people.session(pat, terminal).permissions).toContain('alerts.watch');
    unit.nowMs += 10 * dayMs;
    const later = (await unit.login('pat', goodPassword)).session;
    expect(later.permissions).not.toContain('alerts.watch');
    expect(later.restrictions[0]).toContain('expired on 2026-11-30');
    await unit.perform((await unit.login('ada', goodPassword)).token, changeAccount, {
      username: 'pat',
      training: { ...training, completedOn: '2026-12-01', expiresOn: null },
    });
    unit.nowMs += 2 * dayMs;
    expect((await unit.login('pat', goodPassword)).session.permissions).toContain('alerts.watch');
  });

  it('USR-3: an account unused for 90 days is deactivated, offline too', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    await unit.join(ada, { username: 'pat' });
    unit.nowMs += 89 * dayMs;
    const again = (await unit.login('ada', goodPassword)).token;
    unit.nowMs += dayMs;
    expect(await refusal(() => unit.login('pat', goodPassword))).toBe('account-deactivated');
    expect(unit.records.some(({ note }) => note === 'not used for 90 days')).toBe(true);
    const fresh = (await unit.login('ada', goodPassword)).token;
    expect(await refusal(() => unit.perform(again, listAccounts, {}))).toBe('session-over');
    await unit.perform(fresh, reactivateAccount, { username: 'pat' });
    expect(await refusal(() => unit.login('pat', goodPassword))).toBeNull();
  });

  it('USR-3: the sweep deactivates accounts without login attempts', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    await unit.join(ada, { username: 'pat' });
    unit.nowMs += 60 * dayMs;
    await unit.login('ada', goodPassword);
    unit.nowMs += 30 * dayMs;
    unit.people.sweep();
    const { token } = await unit.login('ada', goodPassword);
    expect(await unit.perform(token, listAccounts, {})).toMatchObject([
      { username: 'ada', state: 'active' },
      { username: 'pat', state: 'deactivated' },
    ]);
  });

  it('USR-4: a revocation from headquarters closes the account at once and ends its sessions', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const pat = await unit.join(ada, { username: 'pat' });
    expect(unit.people.revoke({ username: 'Pat', reason: 'left the department' })).toBe(true);
    expect(await refusal(() => unit.people.session(pat, terminal))).toBe('not-logged-in');
    expect(await refusal(() => unit.login('pat', goodPassword))).toBe('login-refused');
    expect(await refusal(() => unit.perform(ada, reactivateAccount, { username: 'pat' }))).toBe(
      'account-closed',
    );
    expect(unit.people.revoke({ username: 'stranger', reason: 'left' })).toBe(false);
    const revoked = unit.records.find(({ operation }) => operation === 'users.revoke');
    expect(revoked).toMatchObject({ category: 'Account Change', from: 'headquarters' });
  });

  it('USR-4: a revocation while someone approves the account leaves it closed', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const person = {
      username: 'pat',
      name: 'Pat Doe',
      role: 'officer' as const,
      organisation: 'x',
    };
    await unit.perform(ada, createAccount, { ...person, requestedBy: 'Sgt. Moss' });
    const approval = refusal(() => unit.perform(ada, approveAccount, { username: 'pat' }));
    unit.people.revoke({ username: 'pat', reason: 'left the department' });
    expect(await approval).toBe('not-pending');
    const accounts = await unit.perform(ada, listAccounts, {});
    expect(accounts).toMatchObject([{ username: 'ada' }, { username: 'pat', state: 'closed' }]);
  });

  it('a password that is reset while its person changes it stays reset', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const pat = await unit.join(ada, { username: 'pat' });
    const change = { current: goodPassword, next: 'seven dry lanterns' };
    // Waits in line behind the reset and goes on with what it knew before.
    const changing = refusal(() => unit.perform(pat, changePassword, change));
    await unit.perform(ada, resetPassword, { username: 'pat' });
    expect(await changing).toBe('password-replaced');
    expect(await refusal(() => unit.login('pat', change.next))).toBe('login-refused');
  });

  it('USR-4: accounts of a unit that hears nothing from headquarters run out, and come back with the link', async () => {
    const unit = new PeopleUnderTest({ hasHeadquarters: true });
    await unit.first();
    unit.nowMs += 13 * dayMs;
    expect(await refusal(() => unit.login('ada', goodPassword))).toBeNull();
    unit.nowMs += 2 * dayMs;
    expect(await refusal(() => unit.login('ada', goodPassword))).toBe('offline-too-long');
    unit.people.heardHeadquarters();
    expect(await refusal(() => unit.login('ada', goodPassword))).toBeNull();
  });

  it('USR-5: without a current CLETS clearance nothing that holds a plate is permitted', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const pat = await unit.join(ada, { username: 'pat', cletsUntil: '2026-11-25' });
    expect(unit.people.session(pat, terminal).permissions).toContain('detections.search');
    unit.nowMs += 5 * dayMs;
    const { session } = await unit.login('pat', goodPassword);
    expect(session.permissions).not.toContain('detections.search');
    expect(session.permissions).not.toContain('alerts.watch');
    expect(session.permissions).toContain('statistics.read');
    expect(session.restrictions).toEqual([
      'Your CLETS clearance expired on 2026-11-25, so you may not see plates or images. An administrator enters the new day, at your name on the screen People.',
    ]);
  });

  it('USR-12: retraining that is due ends the sessions and blocks the login until it is cleared', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const pat = await unit.join(ada, { username: 'pat' });
    const change = (retraining: string | null) =>
      unit.perform(ada, changeAccount, { username: 'pat', retraining });
    await change('searched without a case number on 2026-11-02');
    expect(await refusal(() => unit.people.session(pat, terminal))).toBe('not-logged-in');
    expect(await refusal(() => unit.login('pat', goodPassword))).toBe('retraining-required');
    await change(null);
    expect(await refusal(() => unit.login('pat', goodPassword))).toBeNull();
  });

  it('a clock that is set back revives nothing', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    await unit.join(ada, { username: 'pat', cletsUntil: '2026-11-25' });
    unit.nowMs += 91 * dayMs;
    expect(await refusal(() => unit.login('pat', goodPassword))).toBe('account-deactivated');
    unit.nowMs -= 91 * dayMs;
    expect(await refusal(() => unit.people.session(ada, terminal))).toMatch(
      /not-logged-in|session-over/,
    );
    expect(await refusal(() => unit.login('pat', goodPassword))).toBe('account-deactivated');

    // Nor after a restart with the clock set back.
    const { dataDir, nowMs } = unit;
    unit.people[Symbol.dispose]();
    const restarted = new PeopleUnderTest({ dataDir });
    restarted.nowMs = nowMs;
    expect(await refusal(() => restarted.login('pat', goodPassword))).toBe('account-deactivated');
  });
});

describe('second factor', () => {
  it('is asked for once it is enrolled, and each code works once', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const offer = await unit.perform(token, offerSecondFactor, {});
    const code = (shift = 0) => totpCode(bytesOf(offer.secret), totpStep(unit.nowMs) + shift);
    expect(await refusal(() => unit.perform(token, confirmSecondFactor, { code: '000000' }))).toBe(
      'second-factor-wrong',
    );
    await unit.perform(token, confirmSecondFactor, { code: code() });
    expect(await refusal(() => unit.login('ada', goodPassword))).toBe('second-factor-missing');
    const { operation, outcome, who } = unit.records.at(-1) ?? {};
    expect([operation, outcome, who?.username]).toEqual(['session.login', 'started', 'ada']);
    expect(await refusal(() => unit.login('ada', goodPassword, code()))).toBe('login-refused');
    unit.nowMs += 30_000;
    expect(await refusal(() => unit.login('ada', goodPassword, code()))).toBeNull();
    expect(await refusal(() => unit.login('ada', goodPassword, code()))).toBe('login-refused');
    expect(await refusal(() => unit.login('ada', goodPassword, code(-1)))).toBe('login-refused');
    expect(JSON.stringify(unit.records)).not.toContain(offer.secret);
  });

  it('can be required by the profile, is then enrolled before anything else, and is taken back by an administrator', async () => {
    const unit = new PeopleUnderTest({
      alter: (policy) => {
        policy.accounts.secondFactor = 'required';
      },
    });
    const ada = await unit.first();
    expect(unit.people.session(ada, terminal).must).toBe('enrol-second-factor');
    expect(await refusal(() => unit.perform(ada, listAccounts, {}))).toBe('not-permitted');
    const offer = await unit.perform(ada, offerSecondFactor, {});
    const code = () => totpCode(bytesOf(offer.secret), totpStep(unit.nowMs));
    await unit.perform(ada, confirmSecondFactor, { code: code() });
    expect(await refusal(() => unit.perform(ada, listAccounts, {}))).toBeNull();

    const pat = await unit.join(ada, { username: 'pat' });
    expect(unit.people.session(pat, terminal).must).toBe('enrol-second-factor');
    const lost = await unit.perform(pat, offerSecondFactor, {});
    const first = totpCode(bytesOf(lost.secret), totpStep(unit.nowMs));
    await unit.perform(pat, confirmSecondFactor, { code: first });
    await unit.perform(ada, resetSecondFactor, { username: 'pat' });
    const again = await unit.login('pat', goodPassword);
    expect(again.session.must).toBe('enrol-second-factor');
  });

  describe('recovery codes, of which there are ten, shown once (USR-15)', () => {
    /** `ada` with the app, and a set of codes. */
    async function withCodes() {
      const unit = new PeopleUnderTest();
      const token = await unit.first();
      const { secret } = await unit.perform(token, offerSecondFactor, {});
      const app = () => {
        unit.nowMs += 30_000;
        return totpCode(bytesOf(secret), totpStep(unit.nowMs));
      };
      await unit.perform(token, confirmSecondFactor, { code: app() });
      const make = async (code: string) =>
        (await unit.perform(token, makeRecoveryCodes, { code })).codes;
      const login = (code: string | undefined) => unit.login('ada', goodPassword, code);
      return { unit, token, app, make, login, codes: await make(app()) };
    }

    it('stand in for the code of the app, each once, with and without their spaces, on record and counted', async () => {
      const { unit, login, codes } = await withCodes();
      const [first = '', second = ''] = codes;
      expect(new Set(codes).size).toBe(10);
      expect((await login(first)).session.recoveryCodes).toBe(9);
      expect(await refusal(() => login(first))).toBe('login-refused');
      expect((await login(second.replaceAll(' ', ''))).session.recoveryCodes).toBe(8);
      expect(await refusal(() => login('000000000000'))).toBe('login-refused');
      const used = unit.records.filter(({ operation }) => operation === 'second-factor.recovered');
      expect(used.map(({ who, note }) => [who.username, note])).toEqual([
        ['ada', 'in place of a code of the app; 9 are left'],
        ['ada', 'in place of a code of the app; 8 are left'],
      ]);
      for (const code of codes) {
        expect(JSON.stringify(unit.records)).not.toContain(code);
        expect(JSON.stringify(unit.records)).not.toContain(code.replaceAll(' ', ''));
      }
    });

    it('are good once, however many logins give one at the same moment', async () => {
      const { login, codes } = await withCodes();
      const tried = await Promise.allSettled([login(codes[0]), login(codes[0]), login(codes[0])]);
      expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('stay good where their use cannot be recorded', async () => {
      const { unit, login, codes } = await withCodes();
      unit.auditIsBroken = true;
      expect(await refusal(() => login(codes[0]))).toBe('audit-unwritable');
      unit.auditIsBroken = false;
      expect(await refusal(() => login(codes[0]))).toBeNull();
    });

    it('are void once there is a new set, or an administrator has taken the app back', async () => {
      const { unit, token, app, make, login, codes } = await withCodes();
      const next = await make(app());
      expect(await refusal(() => login(codes[0]))).toBe('login-refused');
      expect(await refusal(() => login(next[0]))).toBeNull();
      const pat = await unit.join(token, { username: 'pat' });
      const lost = await unit.perform(pat, offerSecondFactor, {});
      const code = () => {
        unit.nowMs += 30_000;
        return totpCode(bytesOf(lost.secret), totpStep(unit.nowMs));
      };
      await unit.perform(pat, confirmSecondFactor, { code: code() });
      await unit.perform(pat, makeRecoveryCodes, { code: code() });
      await unit.perform(token, resetSecondFactor, { username: 'pat' });
      expect((await unit.login('pat', goodPassword)).session.recoveryCodes).toBe(0);
    });

    it('are made by a code of the app, where one is set up; one of them moves the app to another phone', async () => {
      const { unit, token, login, codes } = await withCodes();
      expect(await refusal(() => unit.perform(token, makeRecoveryCodes, {}))).toBe(
        'second-factor-code-missing',
      );
      expect(await refusal(() => unit.perform(token, makeRecoveryCodes, { code: '000000' }))).toBe(
        'second-factor-wrong',
      );
      const { token: lost } = await login(codes[0]);
      const next = await unit.perform(lost, offerSecondFactor, { code: codes[1] ?? '' });
      const code = totpCode(bytesOf(next.secret), totpStep(unit.nowMs));
      await unit.perform(lost, confirmSecondFactor, { code });
      const bare = new PeopleUnderTest();
      const ada = await bare.first();
      expect(await refusal(() => bare.perform(ada, makeRecoveryCodes, {}))).toBe(
        'second-factor-not-set-up',
      );
    });
  });

  it('USR-15: is moved to another app by a code of the one before, which is good until the other has shown its first', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const first = await unit.perform(token, offerSecondFactor, {});
    const codeOf = ({ secret }: { secret: string }) =>
      totpCode(bytesOf(secret), totpStep(unit.nowMs));
    await unit.perform(token, confirmSecondFactor, { code: codeOf(first) });
    unit.nowMs += 30_000;
    expect(await refusal(() => unit.perform(token, offerSecondFactor, {}))).toBe(
      'second-factor-code-missing',
    );
    expect(await refusal(() => unit.perform(token, offerSecondFactor, { code: '000000' }))).toBe(
      'second-factor-wrong',
    );
    const next = await unit.perform(token, offerSecondFactor, { code: codeOf(first) });
    unit.nowMs += 30_000;
    expect(await refusal(() => unit.login('ada', goodPassword, codeOf(next)))).toBe(
      'login-refused',
    );
    expect(await refusal(() => unit.login('ada', goodPassword, codeOf(first)))).toBeNull();
    unit.nowMs += 30_000;
    await unit.perform(token, confirmSecondFactor, { code: codeOf(next) });
    unit.nowMs += 30_000;
    expect(await refusal(() => unit.login('ada', goodPassword, codeOf(first)))).toBe(
      'login-refused',
    );
    expect(await refusal(() => unit.login('ada', goodPassword, codeOf(next)))).toBeNull();
    const secrets = [first.secret, next.secret];
    expect(secrets.some((secret) => JSON.stringify(unit.records).includes(secret))).toBe(false);
  });

  it('USR-15: who does not have the login to hand gives the password again to move it', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const offer = await unit.perform(token, offerSecondFactor, {});
    const code = () => totpCode(bytesOf(offer.secret), totpStep(unit.nowMs));
    await unit.perform(token, confirmSecondFactor, { code: code() });
    unit.nowMs += 6 * minuteMs;
    expect(await refusal(() => unit.perform(token, offerSecondFactor, { code: code() }))).toBe(
      'password-missing',
    );
    const given = { code: code(), password: goodPassword };
    expect(await refusal(() => unit.perform(token, offerSecondFactor, given))).toBeNull();
  });

  it('wrong codes lock the account like wrong passwords', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const offer = await unit.perform(token, offerSecondFactor, {});
    const code = () => totpCode(bytesOf(offer.secret), totpStep(unit.nowMs));
    await unit.perform(token, confirmSecondFactor, { code: code() });
    unit.nowMs += hourMs;
    for (let n = 0; n < 5; n += 1) await refusal(() => unit.login('ada', goodPassword, '12345x'));
    expect(await refusal(() => unit.login('ada', goodPassword, code()))).toBe('login-refused');
  });
});

describe('renewing a session', () => {
  it('CJIS AC-11, IA-11: is renewed in place by what a login asks for, and by nothing less', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const { endsAtMs } = unit.people.session(token, terminal);
    for (let n = 0; n < 47; n += 1) {
      unit.nowMs += 15 * minuteMs;
      unit.people.use(token, terminal);
    }
    const renew = (password: string) => unit.people.renew(token, { password }, terminal);
    expect(await refusal(() => renew('wrong'))).toBe('password-wrong');
    expect(unit.people.session(token, terminal).endsAtMs).toBe(endsAtMs);
    expect((await renew(goodPassword)).endsAtMs).toBe(unit.nowMs + 12 * hourMs);
    unit.nowMs += 20 * minuteMs;
    expect(await refusal(() => unit.people.use(token, terminal))).toBeNull();
    const told = unit.records.slice(-2).map(({ operation, outcome }) => [operation, outcome]);
    expect(told).toEqual([
      ['session.login', 'refused'],
      ['session.renew', 'done'],
    ]);

    unit.nowMs += 40 * minuteMs;
    expect(await refusal(() => renew(goodPassword))).toBe('session-locked');
  });

  it('counts a wrong password of a renewal as a failed login, which locks the account', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    for (let n = 0; n < 5; n += 1) {
      const wrong = unit.people.renew(token, { password: 'wrong' }, terminal);
      expect(await refusal(() => wrong)).toBe('password-wrong');
    }
    expect(await refusal(() => unit.login('ada', goodPassword))).toBe('login-refused');
  });

  it('renews a session with a second factor only by that factor as well', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const { secret } = await unit.perform(token, offerSecondFactor, {});
    const code = () => totpCode(bytesOf(secret), totpStep(unit.nowMs));
    await unit.perform(token, confirmSecondFactor, { code: code() });
    unit.nowMs += minuteMs;
    const renew = (secondFactor?: string) =>
      unit.people.renew(
        token,
        { password: goodPassword, ...(secondFactor === undefined ? {} : { secondFactor }) },
        terminal,
      );
    expect(await refusal(() => renew())).toBe('second-factor-missing');
    expect(await refusal(() => renew('000000'))).toBe('password-wrong');
    expect(await refusal(() => renew(code()))).toBeNull();
  });

  it('tells a page when it locks and ends, and what an inquiry must state', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const { purposes } = unit.policy.inquiry;
    const { pattern } = numberRule(unit.policy.inquiry);
    expect(unit.people.session(token, terminal)).toMatchObject({
      endsAtMs: unit.nowMs + 12 * hourMs,
      lockAfterS: 1800,
      purposes,
      inquiryAsks: 'case_and_reason',
      numbers: { case: pattern, cad: pattern },
    });
  });
});
