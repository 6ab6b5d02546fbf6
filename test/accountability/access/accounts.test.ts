import { copyFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  approveAccount,
  beginInquiry,
  changeAccount,
  changePassword,
  closeAccount,
  createAccount,
  listAccounts,
  reviewAccounts,
} from '../../../src/accountability/access/operations.ts';
import { checkPassword } from '../../../src/accountability/access/password-rules.ts';
import { base32, matchTotp, totpUri } from '../../../src/accountability/access/totp.ts';
import {
  type Permission,
  plateBearing,
  type Role,
} from '../../../src/accountability/gate/permissions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { totpCode, totpStep } from '../../support/totp-code.ts';
import {
  dayMs,
  goodPassword,
  hourMs,
  minuteMs,
  PeopleUnderTest,
  refusal,
  search,
  searchPlates,
  terminal,
} from './people-under-test.ts';

const grace = {
  username: 'grace',
  name: 'Grace Lee',
  role: 'officer' as const,
  organisation: 'example-pd',
  requestedBy: 'Sgt. Moss',
};

describe('accounts', () => {
  it('USR-6: each role may do exactly what the profile gives it', async () => {
    const unit = new PeopleUnderTest({ profile: 'barstow' });
    const ada = await unit.first();
    let approver = ada;
    for (const [role, permissions] of Object.entries(unit.policy.roles)) {
      if (permissions.length === 0) continue;
      const person = { username: role.replace('_', '-'), role: role as 'officer' };
      const token = await unit.join(ada, person, approver);
      const { permissions: given } = unit.people.session(token, terminal);
      expect(given.sort()).toEqual([...permissions].sort());
      if (permissions.includes('accounts.approve')) approver = token;
    }
  });

  it('USR-6: a role that the profile gives nothing cannot be had', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const create = () => unit.perform(ada, createAccount, { ...grace, role: 'records_clerk' });
    expect(await refusal(create)).toBe('role-unknown');
  });

  it.each(['strict', 'vallejo', 'vigilant-429', 'napa', 'walnut-creek', 'barstow'])(
    'USR-7: under %s maintenance sees diagnostics but no plate and no image',
    async (profile) => {
      const unit = new PeopleUnderTest({ profile });
      const permissions: readonly Permission[] = unit.policy.roles.maintenance ?? [];
      expect(permissions).toContain('diagnostics.read');
      expect(permissions.filter((each) => plateBearing.includes(each))).toEqual([]);
    },
  );

  it('USR-8: only the roles that the profile names make accounts or give roles', async () => {
    const unit = new PeopleUnderTest({
      profile: 'barstow',
      alter: (policy) => policy.roles.chief?.push('accounts.create', 'accounts.change'),
    });
    expect(unit.policy.accounts.createRoles).toEqual(
      expect.arrayContaining(['administrative_commander', 'it_manager']),
    );
    const ada = await unit.first();
    const tokens = new Map<string, string>();
    for (const role of ['officer', 'it_manager', 'chief'] as const) {
      tokens.set(role, await unit.join(ada, { username: role.replace('_', '-'), role }));
    }
    const create = (role: string) => () =>
      unit.perform(tokens.get(role) ?? '', createAccount, grace);
    expect(await refusal(create('officer'))).toBe('not-permitted');
    expect(await refusal(create('chief'))).toBe('not-permitted');
    const promote = { username: 'officer', role: 'chief' as const };
    expect(
      await refusal(() => unit.perform(tokens.get('chief') ?? '', changeAccount, promote)),
    ).toBe('not-permitted');
    expect(await refusal(create('it_manager'))).toBeNull();
  });

  it('USR-9: lists are open to a person by whose data they are, none unless said', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const pat = await unit.join(ada, { username: 'pat' });
    const sources = () => [...unit.people.sessions.actorOf(pat, terminal).listSources];
    expect(sources()).toEqual([]);
    await unit.perform(ada, changeAccount, { username: 'pat', listSources: ['state', 'state'] });
    expect(sources()).toEqual(['state']);
  });

  it('USR-10: an account says who asked for it, who made it and who approved it', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const created = await unit.perform(ada, createAccount, grace);
    expect(created).toMatchObject({
      state: 'pending',
      requestedBy: 'Sgt. Moss',
      createdBy: 'ada',
      approvedBy: null,
    });
    expect(await refusal(() => unit.login('grace', goodPassword))).toBe('login-refused');
    await unit.perform(ada, approveAccount, { username: 'grace' });
    expect(await unit.perform(ada, listAccounts, {})).toMatchObject([
      {},
      { username: 'grace', state: 'active', approvedBy: 'ada' },
    ]);
  });

  it('USR-10: who made an account does not approve it where someone else can', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const chief = await unit.join(ada, { username: 'chief', role: 'chief' });
    await unit.perform(ada, createAccount, grace);
    const approve = (token: string) => () =>
      unit.perform(token, approveAccount, { username: 'grace' });
    expect(await refusal(approve(ada))).toBe('second-person');
    expect(await refusal(approve(chief))).toBeNull();
  });

  it('USR-11: the review lists every account with what to look at', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    await unit.join(ada, { username: 'pat', cletsUntil: '2026-11-30', training: null });
    await unit.perform(ada, createAccount, grace);
    await unit.perform(ada, changeAccount, { username: 'grace', cletsUntil: '2026-10-01' });
    for (let n = 0; n < 5; n += 1) await refusal(() => unit.login('pat', 'wrong'));
    const review = await unit.perform(ada, reviewAccounts, {});
    expect(review.map(({ username, findings }) => [username, findings])).toEqual([
      ['ada', ['made and approved alone: pat (nobody else may approve yet)']],
      [
        'grace',
        ['waiting for approval', 'no training on file', 'CLETS clearance expired on 2026-10-01'],
      ],
      [
        'pat',
        [
          'locked out after failed logins',
          'no training on file',
          'CLETS clearance expires on 2026-11-30',
          'made and approved by ada alone on 2026-11-22; a second person confirms it',
        ],
      ],
    ]);
    expect(JSON.stringify(review)).not.toMatch(/scrypt|password":"/);
  });

  it('people cannot decide about their own account, and a name is used only once', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    for (const [name, rest] of [
      ['users.change', { role: 'chief' }],
      ['users.change', { cletsUntil: '2040-01-01' }],
      ['users.reset-password', {}],
      ['users.deactivate', { reason: 'x' }],
    ] as const) {
      expect(await refusal(() => unit.performRaw(ada, name, { username: 'ada', ...rest }))).toBe(
        'own-account',
      );
    }
    await unit.join(ada, { username: 'pat' });
    await unit.perform(ada, closeAccount, { username: 'pat', reason: 'left the department' });
    expect(
      await refusal(() => unit.perform(ada, createAccount, { ...grace, username: 'PAT' })),
    ).toBe('username-taken');
  });

  it('a change of role, closing and deactivation end the sessions', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const names = {
      'users.change': { role: 'detective' },
      'users.close': { reason: 'left' },
      'users.deactivate': { reason: 'leave' },
    };
    for (const [at, [name, rest]] of Object.entries(names).entries()) {
      const username = `pat-${at}`;
      const token = await unit.join(ada, { username });
      await unit.performRaw(ada, name, { username, ...rest });
      expect(await refusal(() => unit.people.session(token, terminal))).toBe('not-logged-in');
    }
  });

  it('USR-7: people without the right to see plates, or create accounts, cannot issue passwords to those who have it', async () => {
    const unit = new PeopleUnderTest({ profile: 'barstow' });
    const commander = await unit.first();
    const it = await unit.join(commander, { username: 'it', role: 'it_manager' });
    const admin = await unit.join(
      commander,
      { username: 'admin', role: 'alpr_administrator' },
      commander,
    );
    await unit.join(commander, { username: 'pat' }, admin);
    await unit.join(commander, { username: 'max', role: 'maintenance' }, admin);
    const reset = (token: string, username: string, name = 'users.reset-password') =>
      refusal(() => unit.performRaw(token, name, { username }));
    expect(await reset(it, 'pat')).toBe('not-permitted');
    expect(await reset(it, 'pat', 'users.reset-second-factor')).toBe('not-permitted');
    expect(await reset(admin, 'it')).toBe('not-permitted');
    expect(await reset(it, 'max')).toBeNull();
    // Whose password they hold now, and so may not make someone who sees plates.
    const promote = (role: Role) => () =>
      unit.perform(it, changeAccount, { username: 'max', role });
    expect(await refusal(promote('officer'))).toBe('not-permitted');
    expect(await refusal(promote('it_manager'))).toBeNull();
    expect(await reset(admin, 'pat')).toBeNull();
  });

  it('a temporary password must be changed first, runs out, and is good for nothing else', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const temporary = await unit.add(ada, { username: 'pat' });
    const { token, session } = await unit.login('pat', temporary);
    expect(session).toMatchObject({ must: 'change-password', permissions: [] });
    expect(await refusal(() => unit.perform(token, listAccounts, {}))).toBe('not-permitted');
    const change = (next: string) => () =>
      unit.perform(token, changePassword, { current: temporary, next });
    expect(await refusal(change(temporary))).toBe('password-refused');
    expect(await refusal(change('Password1234!'))).toBe('password-refused');
    expect(await refusal(change(goodPassword))).toBeNull();
    expect(unit.people.session(token, terminal).must).toBeNull();
    expect(await refusal(() => unit.login('pat', temporary))).toBe('login-refused');

    const late = await unit.add(ada, { username: 'late' });
    unit.nowMs += 73 * hourMs;
    expect(await refusal(() => unit.login('late', late))).toBe('temporary-password-over');
    expect(JSON.stringify(unit.records)).not.toContain(temporary);
    expect(JSON.stringify(unit.records)).not.toContain(goodPassword);
  });
});

describe('sessions', () => {
  it('locks after half an hour without use and is unlocked by the password', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    for (let n = 0; n < 4; n += 1) {
      unit.nowMs += 20 * minuteMs;
      unit.people.use(token, terminal);
    }
    unit.nowMs += 20 * minuteMs;
    // Looking whether the session holds is no use of it.
    expect(unit.people.session(token, terminal).locked).toBe(false);
    unit.nowMs += 10 * minuteMs;
    expect(await refusal(() => unit.perform(token, listAccounts, {}))).toBe('session-locked');
    expect(await refusal(() => unit.people.unlock(token, { password: 'wrong' }, terminal))).toBe(
      'login-refused',
    );
    expect(await unit.people.unlock(token, { password: goodPassword }, terminal)).toMatchObject({
      locked: false,
    });
    expect(await refusal(() => unit.perform(token, listAccounts, {}))).toBeNull();
  });

  it('does not lock in a patrol vehicle where the profile exempts it, but does on a pole', async () => {
    const alter = (policy: { accounts: { conveyanceExempt: boolean } }) => {
      policy.accounts.conveyanceExempt = true;
    };
    for (const [mode, locked] of [
      ['mobile', false],
      ['fixed', true],
    ] as const) {
      const unit = new PeopleUnderTest({ alter, unit: { mode } });
      const token = await unit.first();
      unit.nowMs += 2 * hourMs;
      expect(unit.people.session(token, terminal).locked).toBe(locked);
    }
  });

  it('lasts twelve hours at most', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    for (let n = 0; n < 47; n += 1) {
      unit.nowMs += 15 * minuteMs;
      unit.people.use(token, terminal);
    }
    unit.nowMs += 15 * minuteMs;
    expect(await refusal(() => unit.people.use(token, terminal))).toBe('session-over');
  });

  it('keeps four sessions of a person; the oldest makes room', async () => {
    const unit = new PeopleUnderTest();
    const tokens = [await unit.first()];
    for (let n = 0; n < 4; n += 1) tokens.push((await unit.login('ada', goodPassword)).token);
    const states = tokens.map((token) => refusal(() => unit.people.use(token, terminal)));
    expect(await Promise.all(states)).toEqual(['not-logged-in', null, null, null, null]);
  });
});

describe('inquiries', () => {
  const ask = async (
    unit: PeopleUnderTest,
    token: string,
    inquiry: Record<string, string> | undefined,
  ) => refusal(() => unit.perform(token, searchPlates, {}, inquiry as { id: string }));
  const purpose = 'investigation';
  const caseNumber = '26-0042';
  const incidentNumber = 'CAD-2211';
  const reason = 'stolen vehicle seen on camera 4';

  it('AUD-1: the strict profile asks for purpose, case or incident number, and a reason', async () => {
    const unit = new PeopleUnderTest({ operations: [search] });
    const ada = await unit.first();
    expect(await ask(unit, ada, undefined)).toBe('purpose-missing');
    expect(await ask(unit, ada, { purpose: 'curiosity', caseNumber, reason })).toBe(
      'purpose-missing',
    );
    expect(await ask(unit, ada, { purpose, reason })).toBe('case-missing');
    expect(await ask(unit, ada, { purpose, caseNumber })).toBe('reason-missing');
    expect(await ask(unit, ada, { purpose, caseNumber, reason: ' .- ' })).toBe('reason-missing');
    expect(await ask(unit, ada, { purpose, caseNumber: '?', reason })).toBe(
      'case-number-malformed',
    );
    expect(await ask(unit, ada, { purpose, caseNumber, reason })).toBeNull();
    expect(await ask(unit, ada, { purpose, incidentNumber, reason })).toBeNull();
    expect(unit.records.at(-1)).toMatchObject({ inquiry: { purpose, incidentNumber, reason } });
  });

  it('AUD-2: Vallejo asks for a case number, an incident number or a reason', async () => {
    const unit = new PeopleUnderTest({ profile: 'vallejo', operations: [search] });
    const ada = await unit.first();
    const [purpose = ''] = unit.policy.inquiry.purposes;
    expect(await ask(unit, ada, { purpose })).toBe('case-missing');
    expect(await ask(unit, ada, { purpose, reason })).toBeNull();
    expect(await ask(unit, ada, { purpose, incidentNumber })).toBeNull();
  });

  it('AUD-9: even where nothing else is asked the purpose is', async () => {
    const unit = new PeopleUnderTest({ profile: 'walnut-creek', operations: [search] });
    expect(unit.policy.inquiry.required).toBe('none');
    const ada = await unit.first();
    expect(await ask(unit, ada, undefined)).toBe('purpose-missing');
    expect(await ask(unit, ada, { purpose: unit.policy.inquiry.purposes[0] ?? '' })).toBeNull();
  });

  it('an inquiry that was begun serves its person in their session for eight hours', async () => {
    const unit = new PeopleUnderTest({
      operations: [search],
      alter: (policy) => {
        policy.accounts.conveyanceExempt = true;
      },
    });
    const ada = await unit.first();
    const pat = await unit.join(ada, { username: 'pat' });
    const { id } = await unit.perform(pat, beginInquiry, {
      purpose,
      caseNumber,
      reason,
    });
    expect(await ask(unit, pat, { id })).toBeNull();
    expect(await ask(unit, ada, { id })).toBe('inquiry-unknown');
    expect(await ask(unit, (await unit.login('pat', goodPassword)).token, { id })).toBe(
      'inquiry-unknown',
    );
    unit.nowMs += 8 * hourMs + 1;
    expect(await ask(unit, pat, { id })).toBe('inquiry-unknown');
    // What serves no more goes from the accounts' database with the next one.
    expect(await ask(unit, pat, { purpose, caseNumber, reason })).toBeNull();
    const db = new SQLite(join(unit.dataDir, 'people.db'), { readonly: true });
    onTestFinished(() => void db.close());
    expect(db.prepare('SELECT count(*) FROM inquiry').pluck().get()).toBe(1);
  });
});

describe('passwords', () => {
  const about = { minLength: 8, words: ['pat', 'Patricia', 'Doe-Smith', 'example-pd', 'unit-1'] };
  it.each([
    'short 7',
    'password',
    'Password123!',
    'P@ssw0rd!!',
    'letmein2026',
    'qwertyuiop',
    '87654321',
    'abcdefgh',
    'aaaaaaaa',
    'abababab',
    'dragondragon',
    'Summer2026!',
    '!!!police911',
    'Patricia1',
    'doesmith26',
    'examplepd!',
    'tab\there too',
  ])('refuses %j', async (password) => {
    expect(await refusal(() => checkPassword(password, about))).toBe('password-refused');
  });

  it.each([
    'four wet herons',
    'nine planets?',
    'zebra tulip 7 lamp',
    'пароль из слов',
    '        x q j v 17',
    `${'long '.repeat(100)}and unlike`,
    'password of the herons',
  ])('takes %j', async (password) => {
    expect(await refusal(() => checkPassword(password, about))).toBeNull();
  });

  it('are not cut off, whatever their length', async () => {
    const unit = new PeopleUnderTest();
    const ada = await unit.first();
    const long = `${'herons wade '.repeat(60)}slowly`;
    await unit.perform(ada, changePassword, { current: goodPassword, next: long });
    expect(await refusal(() => unit.login('ada', long.slice(0, -1)))).toBe('login-refused');
    expect(await refusal(() => unit.login('ada', long))).toBeNull();
  });
});

describe('time-based codes', () => {
  const secret = Buffer.from('12345678901234567890');

  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('are those of RFC 6238 at %i s', (seconds, code) => {
    expect(totpCode(secret, totpStep(seconds * 1000), { digits: 8 })).toBe(code);
    expect(matchTotp(secret, code.slice(2), seconds * 1000, 0)).toBe(totpStep(seconds * 1000));
  });

  it.each([
    ['sha256', 32, '46119246'],
    ['sha512', 64, '90693936'],
  ] as const)('are those of RFC 6238 for %s', (hash, length, code) => {
    const longer = Buffer.from('1234567890'.repeat(7).slice(0, length));
    expect(totpCode(longer, totpStep(59_000), { digits: 8, hash })).toBe(code);
  });

  it('hold for a step before and after, and never again', () => {
    const now = 1_111_111_109_000;
    const step = totpStep(now);
    for (const shift of [-1, 0, 1]) {
      expect(matchTotp(secret, totpCode(secret, step + shift), now, 0)).toBe(step + shift);
    }
    expect(matchTotp(secret, totpCode(secret, step + 2), now, 0)).toBeNull();
    expect(matchTotp(secret, totpCode(secret, step), now, step)).toBeNull();
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
  });

  it('may be typed with spaces; anything but six digits is wrong', () => {
    const typed = (text: string) => matchTotp(secret, text, 59_000, 0);
    expect(typed('287 082 ')).toBe(1);
    for (const wrong of ['', '28708', '2870820', '94287082', '28708x', '28708é', '😀0820']) {
      expect(typed(wrong)).toBeNull();
    }
  });

  it('are offered as a key URI that authenticator programs read', () => {
    const uri = new URL(totpUri(secret, 'car 7', 'moss'));
    expect(uri.href).toMatch(/^otpauth:\/\/totp\/Lookout%20car%207:moss\?/);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'Lookout car 7',
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});

describe('the database', () => {
  it('holds no password and no token, and is of no use on another unit', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const { dataDir } = unit;
    unit.people[Symbol.dispose]();
    const path = join(dataDir, 'people.db');
    const bytes = readFileSync(path, 'latin1');
    expect(bytes).not.toContain(token);
    expect(bytes).not.toContain(goodPassword);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(join(dataDir, 'people.key')).mode & 0o777).toBe(0o600);

    const elsewhere = temporaryFolder();
    copyFileSync(path, join(elsewhere, 'people.db'));
    expect(() => new PeopleUnderTest({ dataDir: elsewhere })).toThrow(/its key .* is missing/);
    copyFileSync(join(dataDir, 'people.key'), join(elsewhere, 'people.key'));
    expect(() => new PeopleUnderTest({ dataDir: elsewhere, unit: { id: 'car-2' } })).toThrow(
      /belongs to another unit/,
    );
    rmSync(join(elsewhere, 'people.key'));
    const third = new PeopleUnderTest();
    copyFileSync(join(third.dataDir, 'people.key'), join(elsewhere, 'people.key'));
    expect(() => new PeopleUnderTest({ dataDir: elsewhere })).toThrow(/belongs to another unit/);
  });

  it('keeps a session over a restart', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    unit.people[Symbol.dispose]();
    const again = new PeopleUnderTest({ dataDir: unit.dataDir });
    again.nowMs = unit.nowMs + 5 * minuteMs;
    expect(again.people.session(token, terminal).username).toBe('ada');
    again.nowMs += dayMs;
    expect(await refusal(() => again.people.session(token, terminal))).toBe('session-over');
  });
});
