import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAccountability } from '../../src/accountability/accountability.ts';
import type { ClockWitnesses } from '../../src/accountability/retention/clock-belief.ts';
import { openOwnUnitDatabase } from '../../src/accountability/unit-database.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { createLog } from '../../src/platform/log.ts';
import { readAs } from '../hotlist/hotlist-at.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { goodPassword } from './access/people-under-test.ts';

const dayMs = 86_400_000;
const threeYears = 1096 * dayMs;
const fromTest = 'command line test';
const login = { username: 'ada', password: goodPassword, noticeAcknowledged: true };
const log = createLog({ level: 'silent' });

/** A machine with a clock that the test turns, and what headquarters says about it. */
function machine() {
  const time = { ms: Date.UTC(2026, 10, 29, 12), sinceBootMs: 0 };
  const said: ClockWitnesses = { satellitesOffsetMs: null, headquartersOffsetMs: null };
  return { time, said };
}

/** The accountability side of a unit as its daemon opens it. */
async function openUnit(dataDir: string, { time, said }: ReturnType<typeof machine>) {
  const file = openOwnUnitDatabase(dataDir, log);
  const { db } = file;
  const config = configSchema.parse({
    unit: { agency: 'test-pd', id: 'car-1', dataDir },
    hotlist: { lists: [{ id: 'svs', name: 'Stolen vehicles' }] },
    uplink: { broker: 'mqtts://headquarters.example', tls: { ca: 'a', cert: 'b', key: 'c' } },
    policy: { profile: 'vallejo' },
  });
  const accountability = await openAccountability({
    config,
    log,
    clock: () => time.ms,
    sinceBoot: { bootId: 'one', ms: () => time.sinceBootMs },
    daemon: { file, outbox: createOutbox(db) },
    witnesses: () => ({ ...said }),
  });
  const { people, hotlist } = accountability;
  let opened = true;
  const close = async () => {
    if (!opened) return;
    opened = false;
    await accountability[Symbol.asyncDispose]();
    db.close();
  };
  return {
    accountability,
    people,
    hotlist,
    async first() {
      await people.makeFirstAdministrator(
        {
          code: people.firstStartCode() ?? '',
          username: 'ada',
          name: 'Ada Cole',
          organisation: 'test-pd',
          password: goodPassword,
          training: { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null },
          cletsUntil: '2099-01-01',
        },
        fromTest,
      );
      return (await people.login(login, fromTest)).token;
    },
    [Symbol.asyncDispose]: close,
  };
}

it('USR-3, RET-1, HOT-4: a clock three years ahead ends nothing, though headquarters is reached', async () => {
  const dataDir = temporaryFolder();
  const { time, said } = machine();
  said.headquartersOffsetMs = 0;
  let session = '';
  {
    await using unit = await openUnit(dataDir, { time, said });
    session = await unit.first();
    const file = join(dataDir, 'svs.csv');
    writeFileSync(file, 'plate\n7ABC123\n');
    const asOf = new Date(time.ms).toISOString();
    await unit.hotlist.importFile({ listId: 'svs', file, asOf });
    unit.accountability.startUpkeep();
  }
  time.ms += threeYears;
  said.headquartersOffsetMs = -threeYears;
  {
    await using unit = await openUnit(dataDir, { time, said });
    unit.hotlist.start();
    unit.accountability.startUpkeep();
    const health = () => unit.accountability.health();
    await waitFor(() => health().retention.problem !== null, { what: 'the purge that waits' });
    unit.people.sweep();
    expect(health()).toMatchObject({
      clock: { believed: false, problem: expect.stringMatching(/1096 days ahead of headquarters/) },
      retention: { problem: expect.stringContaining('1096 days') },
    });
    // The lists' ages go by the time that has passed, so they go on alerting.
    expect(unit.hotlist.match(readAs('7ABC123'))).toHaveLength(1);
    // Only the password is asked for again.
    expect(unit.people.session(session, fromTest).locked).toBe(true);
    await unit.people.unlock(session, { password: goodPassword }, fromTest);
    expect((await unit.people.login(login, fromTest)).session.loggedInAt).toMatch(/^2026-11-29/);
  }
  time.ms -= threeYears;
  said.headquartersOffsetMs = 0;
  await using unit = await openUnit(dataDir, { time, said });
  unit.people.sweep();
  expect(unit.people.session(session, fromTest)).toMatchObject({ locked: false });
  expect(unit.hotlist.status()[0]).toMatchObject({ state: 'current', entries: 1 });
  expect(unit.accountability.health().clock).toMatchObject({ believed: true, problem: null });
});

it('USR-3: what a clock ended that headquarters itself had confirmed is undone when it is right', async () => {
  const dataDir = temporaryFolder();
  const { time, said } = machine();
  said.headquartersOffsetMs = 0;
  await using unit = await openUnit(dataDir, { time, said });
  await unit.first();
  time.ms += threeYears;
  unit.people.sweep();
  await expect(unit.people.login(login, fromTest)).rejects.toMatchObject({
    code: 'account-deactivated',
  });
  time.ms -= threeYears;
  unit.people.sweep();
  const { session } = await unit.people.login(login, fromTest);
  expect(session.loggedInAt).toMatch(/^2026-11-29/);
  const { token } = await unit.people.login(login, fromTest);
  const records = await unit.accountability.gate.perform({
    token,
    from: fromTest,
    operation: 'audit.list',
    input: {},
  });
  expect(JSON.stringify(records)).toContain('deactivated by a clock that was wrong');
});
