import { generateKeyPairSync } from 'node:crypto';
import { TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { accountKey } from '../../src/accountability/access/shared-account.ts';
import { signAgencyMessage } from '../../src/accountability/agency/agency-message.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from './mosquitto.ts';
import { type AgencyUnit, from, openAgency, password } from './open-agency.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

/** What a unit says of an account, to an administrator. */
interface Seen {
  username: string;
  state: string;
  role: string;
  cletsUntil: string | null;
}

const until = (what: string, condition: () => Promise<boolean>) =>
  waitFor(condition, { timeoutMs: 40_000, everyMs: 200, what });

/** How a login on this unit ends: `in`, or the short name of the refusal. */
async function tryLogin(unit: AgencyUnit, username: string, word = password): Promise<string> {
  try {
    await unit.login(username, word);
    return 'in';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const untilLogin = (unit: AgencyUnit, username: string, expected: string, word = password) =>
  until(`login of ${username} on ${unit.id}: ${expected}`, async () => {
    return (await tryLogin(unit, username, word)) === expected;
  });

const seenBy = async (unit: AgencyUnit, token: string, username: string) => {
  const all = await unit.perform<Seen[]>(token, 'users.list', {});
  return all.find((each) => each.username === username);
};

/** An agency whose first unit has an administrator, `ada`; the second unit is new. */
async function openTwo() {
  const agency = await openAgency();
  const [one, other] = [agency.openUnit('unit-7'), agency.openUnit('unit-8')];
  const ada = await one.first();
  return { ...agency, one, other, ada };
}

describe.skipIf(missingMosquitto)('accounts of all units', { timeout: 240_000 }, () => {
  test('USR-4: an account that is made and approved on one unit logs in on the other, and closed there is closed on both', async () => {
    const { one, other, ada } = await openTwo();
    await Promise.all([one.start(), other.start()]);
    await untilLogin(other, 'ada', 'in');
    const temporary = await one.add(ada, 'moss');
    await untilLogin(other, 'moss', 'in', temporary);
    // The temporary password is changed on the other unit, and the new one counts on both.
    const moss = await other.login('moss', temporary);
    await other.perform(moss, 'password.change', { current: temporary, next: password });
    expect(await tryLogin(other, 'moss')).toBe('in');
    await untilLogin(one, 'moss', 'in');
    expect(await tryLogin(one, 'moss', temporary)).toBe('login-refused');

    const adaThere = await other.login('ada');
    const session = await one.login('moss');
    await other.perform(adaThere, 'users.change', { username: 'moss', cletsUntil: '2098-01-31' });
    await until('the clearance on the first unit', async () => {
      return (await seenBy(one, ada, 'moss'))?.cletsUntil === '2098-01-31';
    });
    await one.on(({ people }) => people.session(session, from));
    await other.perform(adaThere, 'users.close', { username: 'moss', reason: 'left' });
    expect(await tryLogin(other, 'moss')).toBe('login-refused');
    await untilLogin(one, 'moss', 'login-refused');
    await expect(one.on(({ people }) => people.session(session, from))).rejects.toThrow(/log in/i);
    expect(await seenBy(one, ada, 'moss')).toMatchObject({ state: 'closed' });
    await expect(one.perform(ada, 'users.create', { username: 'moss' })).rejects.toThrow();
  });

  test('USR-4: an account that headquarters revoked does not open on a unit that learns of it only then', async () => {
    const { one, other, ada, revoke } = await openTwo();
    await one.start();
    await one.join(ada, 'moss');
    await until('everything at headquarters', async () => (await one.waiting()) === 0);
    await revoke('moss');
    await untilLogin(one, 'moss', 'login-refused');
    await other.start();
    await untilLogin(other, 'ada', 'in');
    const adaThere = await other.login('ada');
    await until('the account on the other unit', async () => {
      return (await seenBy(other, adaThere, 'moss')) !== undefined;
    });
    await untilLogin(other, 'moss', 'login-refused');
    expect(await seenBy(other, adaThere, 'moss')).toMatchObject({ state: 'closed' });
  });

  test('a password of one unit and a role of the other, changed at once, both hold; closed counts more than changed later', async () => {
    const { one, other, ada, stop, again } = await openTwo();
    await Promise.all([one.start(), other.start()]);
    const moss = await one.join(ada, 'moss');
    await one.join(ada, 'cruz');
    await untilLogin(other, 'moss', 'in');
    await untilLogin(other, 'cruz', 'in');
    const adaThere = await other.login('ada');

    await stop();
    const next = 'six dry herons at dusk';
    await one.perform(moss, 'password.change', { current: password, next });
    await other.perform(adaThere, 'users.change', { username: 'moss', role: 'supervisor' });
    await one.perform(ada, 'users.close', { username: 'cruz', reason: 'left' });
    for (const reason of ['leave', 'leave again']) {
      await other.perform(adaThere, 'users.deactivate', { username: 'cruz', reason });
      await other.perform(adaThere, 'users.reactivate', { username: 'cruz' });
    }
    await again();
    await untilLogin(other, 'moss', 'in', next);
    await untilLogin(other, 'cruz', 'login-refused');
    await until('the role on the first unit', async () => {
      return (await seenBy(one, ada, 'moss'))?.role === 'supervisor';
    });
    for (const [unit, token] of [
      [one, ada],
      [other, adaThere],
    ] as const) {
      expect(await tryLogin(unit, 'moss', next)).toBe('in');
      expect(await seenBy(unit, token, 'moss')).toMatchObject({ role: 'supervisor' });
      expect(await seenBy(unit, token, 'cruz')).toMatchObject({ state: 'closed' });
    }
  });

  test('a second factor that is confirmed on one unit is asked for on the other', async () => {
    const { one, other, ada, readAll } = await openTwo();
    await Promise.all([one.start(), other.start()]);
    const moss = await one.join(ada, 'moss');
    const { secret } = await one.perform<{ secret: string }>(moss, 'second-factor.offer', {});
    const phone = new TOTP({ secret });
    await one.perform(moss, 'second-factor.confirm', { code: phone.generate() });
    await untilLogin(other, 'moss', 'second-factor-missing');
    const { token } = await other.on(({ people }) =>
      people.login(
        { username: 'moss', password, secondFactor: phone.generate(), noticeAcknowledged: true },
        from,
      ),
    );
    expect(token).not.toBe('');
    // Neither the broker nor headquarters sees a hash or the secret.
    const seen = await readAll();
    expect(seen).toContain('"username":"moss"');
    expect(seen).not.toMatch(/scrypt/);
    expect(seen).not.toContain(secret);
  });

  test('either unit killed in the middle: an account arrives once, with its password', async () => {
    const { one, other, ada } = await openTwo();
    await Promise.all([one.start(), other.start()]);
    for (const [index, username] of ['moss', 'cruz', 'bell', 'tate'].entries()) {
      await one.join(ada, username);
      const victim = index % 2 === 0 ? one : other;
      await victim.stop('SIGKILL');
      await victim.start();
    }
    for (const username of ['moss', 'cruz', 'bell', 'tate']) {
      await untilLogin(other, username, 'in');
    }
    const adaThere = await other.login('ada');
    expect(await other.perform<Seen[]>(adaThere, 'users.list', {})).toHaveLength(5);
  });

  test('an account that headquarters did not sign opens nothing, and an old one played back neither', async () => {
    const { one, other, ada, publish, retained } = await openTwo();
    await Promise.all([one.start(), other.start()]);
    await one.join(ada, 'moss');
    await untilLogin(other, 'moss', 'in');
    const id = accountKey('moss');
    const before = await retained('account', id);
    await one.perform(ada, 'users.close', { username: 'moss', reason: 'left' });
    await untilLogin(other, 'moss', 'login-refused');

    if (before.kind !== 'account') throw new Error('another kind');
    const { signature: _, ...plain } = { ...before, sequence: before.sequence + 10 ** 9 };
    const { privateKey } = generateKeyPairSync('ed25519');
    const intruder = { ...plain.body, username: 'intruder' };
    const key = accountKey('intruder');
    await publish(id, before);
    await publish(key, signAgencyMessage({ ...plain, id: key, body: intruder }, privateKey));
    await until('the refusals', async () => {
      const notes = await other.on(({ audit }) =>
        audit
          .read({}, { limit: 1000 })
          .filter(({ operation, outcome }) => operation === 'agency.take' && outcome === 'refused')
          .map(({ note }) => note),
      );
      return notes.length === 2;
    });
    expect(await tryLogin(other, 'moss')).toBe('login-refused');
    expect(await tryLogin(other, 'intruder')).toBe('login-refused');
  });
});
