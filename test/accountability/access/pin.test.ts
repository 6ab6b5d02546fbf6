import { describe, expect, it } from 'vitest';
import { lockSession, removePin, setPin } from '../../../src/accountability/access/operations.ts';
import { perform } from '../../../src/accountability/gate/perform.ts';
import type { Policy } from '../../../src/accountability/policy/policy.ts';
import { goodPassword, minuteMs, PeopleUnderTest, refusal } from './people-under-test.ts';

const screen = 'page 127.0.0.1';
const goodPin = '930586';

/** Someone who has just logged in on the screen of a unit, and what they do there. */
async function atScreen(profile = 'napa', from = screen, alter?: (policy: Policy) => void) {
  const unit = new PeopleUnderTest({ profile, ...(alter === undefined ? {} : { alter }) });
  await unit.first();
  const { token } = await unit.login('ada', goodPassword, undefined, from);
  const client = {
    perform: (request: { operation: string; input: unknown }) =>
      unit.gate.perform({ ...request, token, from }),
  };
  return {
    unit,
    token,
    set: (pin: string, password?: string) =>
      perform(client, setPin, { pin, ...(password === undefined ? {} : { password }) }),
    remove: () => perform(client, removePin, {}),
    lock: () => perform(client, lockSession, {}),
    unlock: (proof: { pin: string } | { password: string }) =>
      unit.people.unlock(token, proof, from),
    view: () => unit.people.session(token, from),
  };
}

describe('the PIN of a session', () => {
  it('USR-13, CJIS 5.6.2.1.2: unlocks the session on the screen of the unit, and is audited without its digits', async () => {
    const { unit, set, lock, unlock, view } = await atScreen();
    expect(view().pin).toBe('unset');
    await set(goodPin);
    expect(view().pin).toBe('set');
    await lock();
    expect(await unlock({ pin: goodPin })).toMatchObject({ locked: false });
    const told = unit.records.filter(
      ({ operation, outcome }) => operation !== 'session.login' && outcome === 'done',
    );
    expect(told.slice(-3).map(({ operation, note }) => [operation, note])).toEqual([
      ['session.set-pin', null],
      ['session.lock', null],
      ['session.unlock', 'by the PIN of this session'],
    ]);
    expect(JSON.stringify(unit.records)).not.toContain(goodPin);
  });

  it.each([
    ['0417', 'six digits at least'],
    ['73041a', 'digits alone'],
    ['9305869305867', 'no more than twelve'],
    ['777777', 'one digit'],
    ['112233', 'pairs'],
    ['730730', 'a pattern twice'],
    ['48484848', 'a pattern four times'],
    ['123456', 'counts up'],
    ['918765', 'counts down in it'],
    ['719843', 'a year of birth in it'],
    ['240791', 'a day, month and year'],
    ['072491', 'a month, day and year'],
  ])('is not %s (%s)', async (pin) => {
    const { set } = await atScreen();
    expect(await refusal(() => set(pin))).toBe('pin-refused');
  });

  it('is not the number of the badge in the username', async () => {
    const unit = new PeopleUnderTest({ profile: 'napa' });
    const ada = await unit.first();
    await unit.join(ada, { username: 'p930586' });
    const { token } = await unit.login('p930586', goodPassword, undefined, screen);
    const input = { pin: goodPin };
    const asked = () =>
      unit.gate.perform({ token, from: screen, operation: 'session.set-pin', input });
    expect(await refusal(asked)).toBe('pin-refused');
  });

  it('is gone after three wrong ones, for the right one too; the password unlocks', async () => {
    const { unit, set, lock, unlock, view } = await atScreen();
    await set(goodPin);
    await lock();
    expect(await refusal(() => unlock({ pin: '999999' }))).toBe('pin-wrong');
    expect(await refusal(() => unlock({ pin: '999998' }))).toBe('pin-wrong');
    expect(await refusal(() => unlock({ pin: '999997' }))).toBe('pin-over');
    expect(await refusal(() => unlock({ pin: goodPin }))).toBe('pin-over');
    expect(view()).toMatchObject({ pin: 'unset', locked: true });
    const wrong = unit.records.filter(({ note }) => note?.startsWith('wrong PIN'));
    expect(wrong.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused']);
    expect(await unlock({ password: goodPassword })).toMatchObject({ locked: false });
  });

  it('is tried three times at most, also by many at once', async () => {
    const { set, lock, unlock } = await atScreen();
    await set(goodPin);
    await lock();
    const tries = Array.from({ length: 9 }, (_, n) =>
      refusal(() => unlock({ pin: n === 8 ? goodPin : `99999${n}` })),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter((code) => code === 'pin-wrong')).toHaveLength(2);
    expect(answers.filter((code) => code === 'pin-over')).toHaveLength(7);
  });

  it('CJIS AC-7: wrong ones count as failed logins, and a right one gives no further tries for the password', async () => {
    const { set, lock, unlock } = await atScreen();
    await set(goodPin);
    await lock();
    for (let n = 0; n < 2; n += 1) await refusal(() => unlock({ pin: '999999' }));
    await unlock({ pin: goodPin });
    await lock();
    for (let n = 0; n < 3; n += 1) await refusal(() => unlock({ password: 'wrong' }));
    expect(await refusal(() => unlock({ password: goodPassword }))).toBe('login-refused');
    expect(await refusal(() => unlock({ pin: goodPin }))).toBe('login-refused');
  });

  it('asks for the password when the login is not fresh', async () => {
    const { unit, set, view } = await atScreen();
    unit.nowMs += 6 * minuteMs;
    expect(await refusal(() => set(goodPin))).toBe('password-missing');
    expect(await refusal(() => set(goodPin, 'wrong'))).toBe('password-wrong');
    expect(view().pin).toBe('unset');
    await set(goodPin, goodPassword);
    expect(view().pin).toBe('set');
  });

  it('is of one session alone: another of the same person has none, and neither has the next login', async () => {
    const { unit, set, token } = await atScreen();
    await set(goodPin);
    const other = await unit.login('ada', goodPassword, undefined, screen);
    expect(other.session.pin).toBe('unset');
    expect(await refusal(() => unit.people.unlock(other.token, { pin: goodPin }, screen))).toBe(
      'pin-over',
    );
    unit.people.logout(token, screen);
    expect((await unit.login('ada', goodPassword, undefined, screen)).session.pin).toBe('unset');
  });

  it('does not outlive a restart, an order to lock every session, or its removal', async () => {
    const { unit, token, set, remove, view } = await atScreen();
    await set(goodPin);
    const restarted = new PeopleUnderTest({ profile: 'napa', dataDir: unit.dataDir });
    expect(restarted.people.session(token, screen).pin).toBe('unset');
    unit.people.lockSessions('the clock is not sure');
    expect(view()).toMatchObject({ pin: 'unset', locked: true });
    await unit.people.unlock(token, { password: goodPassword }, screen);
    await set(goodPin);
    await remove();
    expect(view().pin).toBe('unset');
  });

  it('is not there where the policy forbids it, nor over a network unless the policy says so', async () => {
    const strict = await atScreen('strict');
    expect(strict.view().pin).toBe('not-allowed');
    expect(await refusal(() => strict.set(goodPin))).toBe('pin-not-allowed');
    for (const from of ['certified https page 10.0.0.8 CN=desk', 'command line pts/1']) {
      const away = await atScreen('napa', from);
      expect(away.view().pin).toBe('not-allowed');
      expect(await refusal(() => away.set(goodPin))).toBe('pin-not-allowed');
      expect(await refusal(() => away.unlock({ pin: goodPin }))).toBe('pin-not-allowed');
    }
    const anywhere = await atScreen('napa', 'certified https page 10.0.0.8 CN=desk', (policy) => {
      policy.accounts.pinUnlock = 'anywhere';
    });
    expect(anywhere.view().pin).toBe('unset');
  });
});
