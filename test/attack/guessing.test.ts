import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeAccount,
  changePassword,
  closeAccount,
  confirmSecondFactor,
  createAccount,
  deactivateAccount,
  lockSession,
  offerSecondFactor,
} from '../../src/accountability/access/operations.ts';
import {
  goodPassword,
  hourMs,
  minuteMs,
  PeopleUnderTest,
  refusal,
} from '../accountability/access/people-under-test.ts';
import { totpCode, totpStep } from '../support/totp-code.ts';
import { attack, type UnitUnderAttack } from './unit-under-attack.ts';

/** What a login of a name shows to the client: words, status, and how much work was done. */
async function seen(unit: PeopleUnderTest, username: string, password: string) {
  const before = unit.people.passwordRuns;
  const records = unit.records.length;
  const told = await unit.login(username, password).then(
    () => 'in',
    (error: Error & { status: number; code: string }) =>
      `${error.status} ${error.code} ${error.message}`,
  );
  return { told, runs: unit.people.passwordRuns - before, records: unit.records.length - records };
}

describe('names cannot be found out', () => {
  it.each([
    'nobody',
    'admin',
    'root',
    'ad',
    'adaa',
    'ADA ',
    '../ada',
    "ada' --",
    'a'.repeat(200),
    'ａｄａ',
  ])(
    '%j is answered like a name that exists, by the same words, the same work and one record',
    async (name) => {
      const unit = new PeopleUnderTest();
      await unit.first();
      const known = await seen(unit, 'ada', 'wrong password');
      expect(await seen(unit, name, 'wrong password')).toEqual(known);
      expect(known).toMatchObject({ runs: 1, records: 1 });
    },
  );

  it.each(['pending', 'deactivated', 'closed', 'locked out', 'retraining'])(
    'an account that is %s is answered like any other to whoever has no password',
    async (state) => {
      const unit = new PeopleUnderTest();
      const ada = await unit.first();
      const person = {
        username: 'pat',
        name: 'Pat Doe',
        role: 'officer' as const,
        organisation: 'x',
        requestedBy: 'y',
      };
      if (state === 'pending') await unit.perform(ada, createAccount, person);
      else await unit.join(ada, { username: 'pat' });
      const reason = { username: 'pat', reason: 'a reason' };
      if (state === 'deactivated') await unit.perform(ada, deactivateAccount, reason);
      if (state === 'closed') await unit.perform(ada, closeAccount, reason);
      if (state === 'retraining') {
        await unit.perform(ada, changeAccount, { username: 'pat', retraining: 'a breach' });
      }
      if (state === 'locked out') {
        for (let n = 0; n < 5; n += 1) await refusal(() => unit.login('pat', 'wrong'));
      }
      expect(await seen(unit, 'pat', 'wrong')).toEqual(await seen(unit, 'nobody', 'wrong'));
    },
  );
});

describe('brute force', () => {
  it('has five tries a name, however slowly or from wherever it is done', async () => {
    const unit = new PeopleUnderTest();
    await unit.first();
    const guesses = [
      ...['page 127.0.0.1', 'command line pts/1', 'command line script'],
      ...['https page 192.0.2.7', 'certified https page 192.0.2.7 CN=moss-laptop'],
    ];
    for (let n = 0; n < 40; n += 1) {
      await refusal(() => unit.login('ada', `guess ${n}`, undefined, guesses[n % guesses.length]));
    }
    expect(await refusal(() => unit.login('ada', goodPassword))).toBe('login-refused');
  });

  it('a right password among wrong ones that come at once does not slip through', async () => {
    const unit = new PeopleUnderTest();
    await unit.first();
    const tries = Array.from({ length: 12 }, (_, n) =>
      refusal(() => unit.login('ada', n === 9 ? goodPassword : `guess ${n}`)),
    );
    expect(new Set(await Promise.all(tries))).toEqual(new Set(['login-refused']));
  });

  it('a login in between by its person does not give the attacker an endless count', async () => {
    const unit = new PeopleUnderTest();
    await unit.first();
    for (let n = 0; n < 4; n += 1) await refusal(() => unit.login('ada', 'wrong'));
    await unit.login('ada', goodPassword);
    for (let n = 0; n < 5; n += 1) await refusal(() => unit.login('ada', 'wrong'));
    expect(await refusal(() => unit.login('ada', goodPassword))).toBe('login-refused');
  });

  it('on the lock of an open session counts like any other', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    await unit.perform(token, lockSession, {});
    const { unlock } = unit.people;
    for (let n = 0; n < 5; n += 1) {
      await refusal(() => unlock(token, { password: 'wrong' }, 'command line pts/1'));
    }
    expect(
      await refusal(() => unlock(token, { password: goodPassword }, 'command line pts/1')),
    ).toBe('login-refused');
  });

  it('on the present password of an open session counts like any other', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const change = (current: string) => () =>
      unit.perform(token, changePassword, { current, next: 'seven dry lanterns' });
    for (let n = 0; n < 5; n += 1) expect(await refusal(change('wrong'))).toBe('password-wrong');
    expect(await refusal(change(goodPassword))).toBe('password-wrong');
  });

  it('of a second factor ends after five codes, and no code serves twice', async () => {
    const unit = new PeopleUnderTest();
    const token = await unit.first();
    const { secret } = await unit.perform(token, offerSecondFactor, {});
    const key = Buffer.from(
      (
        [...secret]
          .map((char) =>
            'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'),
          )
          .join('')
          .match(/.{8}/g) ?? []
      ).map((byte) => Number.parseInt(byte, 2)),
    );
    const code = () => totpCode(key, totpStep(unit.nowMs));
    await unit.perform(token, confirmSecondFactor, { code: code() });
    unit.nowMs += minuteMs;
    const twice = [code(), code()].map((each) =>
      refusal(() => unit.login('ada', goodPassword, each)),
    );
    expect((await Promise.all(twice)).sort()).toEqual(['login-refused', null]);
    unit.nowMs += hourMs;
    for (let n = 0; n < 5; n += 1)
      await refusal(() => unit.login('ada', goodPassword, `00000${n}`));
    expect(await refusal(() => unit.login('ada', goodPassword, code()))).toBe('login-refused');
  });

  it('of the code of the first start is slowed to five a minute, and each wrong one is on record', async () => {
    const unit = new PeopleUnderTest();
    unit.people.firstStartCode();
    const person = { username: 'eve', name: 'Eve', organisation: 'x', password: goodPassword };
    const make = (code: string) =>
      refusal(() => unit.people.makeFirstAdministrator({ ...person, code }, 'page 127.0.0.1'));
    const answers = [];
    for (let n = 0; n < 20; n += 1) answers.push(await make(`AAAA-${1000 + n}`));
    expect(answers.filter((each) => each === 'code-refused')).toHaveLength(5);
    expect(answers.slice(5)).toEqual(Array.from({ length: 15 }, () => 'too-many-tries'));
    expect(unit.records.filter(({ operation }) => operation === 'users.first')).toHaveLength(5);
    expect(unit.people.form().firstStart).toBe(true);
  });
});

describe('passwords in the wrong place', () => {
  it('a password typed as a name reaches neither audit log nor database', async () => {
    const unit = new PeopleUnderTest();
    await unit.first();
    for (const typed of ['Correct Horse Battery!', 'hunter2 hunter2']) {
      await refusal(() => unit.login(typed, 'x'));
      expect(JSON.stringify(unit.records)).not.toContain(typed.toLowerCase());
      expect(JSON.stringify(unit.records)).not.toContain(typed);
    }
  });
});

describe('at a real headquarters, over HTTPS', () => {
  let unit: UnitUnderAttack;
  beforeAll(async () => {
    unit = await attack({}, 'https', 'headquarters');
    for (const name of ['pat', 'sam', 'lee']) unit.account(name, 'officer');
  });
  afterAll(() => unit[Symbol.asyncDispose]());

  const logIn = async (username: string, password?: string) => {
    const login = { ...unit.credentials('pat'), username, ...(password && { password }) };
    return unit.asPage(null, 'POST', '/api/session', login);
  };

  it('a name that does not exist is answered like one that does, by the same words, the same work and one record', async () => {
    const { people, audit } = unit.accountability;
    const records = () => audit.read({ operation: 'session.login' }, { limit: 200 }).length;
    const seenOf = async (username: string) => {
      const [runs, before] = [people.passwordRuns, records()];
      const { status, text } = await logIn(username, 'wrong password');
      return { status, text, runs: people.passwordRuns - runs, records: records() - before };
    };
    const known = await seenOf('pat');
    for (const name of ['nobody', "pat' --", 'ｐａｔ'])
      expect([name, await seenOf(name)]).toEqual([name, known]);
    expect(known).toMatchObject({ status: 401, runs: 1, records: 1 });
  });

  it('a name has five tries', async () => {
    for (let n = 0; n < 5; n += 1) await logIn('sam', `guess ${n}`);
    const { status, code } = await logIn('sam');
    expect([status, code]).toEqual([401, 'login-refused']);
  });

  it('a right password among wrong ones that come at once does not slip through', async () => {
    const tries = Array.from({ length: 7 }, (_, n) =>
      logIn('lee', n === 5 ? undefined : `guess ${n}`),
    );
    const codes = (await Promise.all(tries)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['login-refused']));
  });
});
