import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from './mosquitto.ts';
import { missingNats, openNats } from './nats.ts';
import { type AgencyUnit, openAgency, password } from './open-agency.ts';
import { missingRabbitMq, openRabbitMq } from './rabbitmq.ts';

for (const missing of [missingMosquitto, missingRabbitMq, missingNats])
  if (missing) console.warn(`skipped: ${missing}`);

/** How a login on this unit ends: `in`, or the short name of the refusal. */
async function tryLogin(unit: AgencyUnit, username: string): Promise<string> {
  try {
    await unit.login(username, password);
    return 'in';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const untilLogin = (unit: AgencyUnit, username: string, expected: string) =>
  waitFor(async () => (await tryLogin(unit, username)) === expected, {
    timeoutMs: 60_000,
    everyMs: 200,
    what: `login of ${username} on ${unit.id}: ${expected}`,
  });

const roleOf = async (unit: AgencyUnit, token: string, username: string) => {
  const all = await unit.perform<{ username: string; role: string }[]>(token, 'users.list', {});
  return all.find((each) => each.username === username)?.role;
};

const problemOf = (unit: AgencyUnit) => unit.on((desk) => desk.health().sharing?.problem ?? null);

/** `people.db` of a unit that is off, to be put back later. */
async function backUp(unit: AgencyUnit): Promise<() => void> {
  await unit.leave();
  const file = join(unit.dataDir, 'people.db');
  const copy = join(temporaryFolder(), 'people.db');
  copyFileSync(file, copy);
  return () => {
    for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    copyFileSync(copy, file);
  };
}

/**
 * A unit whose people.db is put back: whoever changed since is not let in until headquarters has told it again, and then
 * as headquarters knows it; whoever did not change is let in all along.
 */
async function restorePeople(broker: string | undefined): Promise<void> {
  const agency = await openAgency(broker === undefined ? {} : { broker });
  const [one, other] = [agency.openUnit('unit-7'), agency.openUnit('unit-8')];
  const ada = await one.first();
  await Promise.all([one.start(), other.start()]);
  for (const username of ['moss', 'cruz', 'reyes']) {
    await one.join(ada, username);
    await untilLogin(other, username, 'in');
  }
  await other.stop();
  const restore = await backUp(other);
  await other.start();
  await one.perform(ada, 'users.close', { username: 'moss', reason: 'left' });
  await one.perform(ada, 'users.change', { username: 'cruz', role: 'supervisor' });
  await untilLogin(other, 'moss', 'login-refused');
  const adaThere = await other.login('ada');
  await waitFor(async () => (await roleOf(other, adaThere, 'cruz')) === 'supervisor', {
    timeoutMs: 60_000,
    everyMs: 200,
    what: 'the role of cruz',
  });
  expect(await problemOf(other)).toBeNull();

  await other.stop();
  await other.leave();
  restore();
  expect(await tryLogin(other, 'moss')).toBe('account-not-current');
  expect(await tryLogin(other, 'cruz')).toBe('account-not-current');
  expect(await tryLogin(other, 'reyes')).toBe('in');
  expect(await problemOf(other)).toMatch(/put back from a backup: 2 accounts changed/);

  await other.start();
  await untilLogin(other, 'moss', 'login-refused');
  await untilLogin(other, 'cruz', 'in');
  expect(await problemOf(other)).toBeNull();
}

describe('people.db put back from a backup', { timeout: 300_000 }, () => {
  test.skipIf(missingMosquitto)('USR-4: is brought up to date over mosquitto', () =>
    restorePeople(undefined),
  );

  test.skipIf(missingRabbitMq)(
    'USR-4: is brought up to date over RabbitMQ, where no wildcard brings what is retained',
    async () => {
      const [node] = await openRabbitMq(temporaryFolder());
      await restorePeople(node?.broker);
    },
  );

  test.skipIf(missingNats)('USR-4: is brought up to date over NATS', async () => {
    const nats = await openNats(temporaryFolder());
    await restorePeople(nats.broker);
  });
});
