import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { type Behaviour, type ReleaseMachine, releaseMachine } from './release-machine.ts';

/** A unit that runs release `old`, and has `new` beside it. */
async function unitWith(context: TestContext, behaviour: Behaviour): Promise<ReleaseMachine> {
  const unit = releaseMachine(context);
  unit.make('old', 'good');
  await unit.start();
  expect(unit.run(['/opt/lookout/releases/old/scripts/release', 'switch', 'old']).code).toBe(0);
  unit.run(['systemctl', 'start', 'lookout.service']);
  await unit.runs('old');
  unit.make('new', behaviour);
  return unit;
}

describe('a new release', { timeout: 240_000 }, () => {
  test('that becomes ready and stays so is kept, and the one before it too', async (context) => {
    const unit = await unitWith(context, 'good');
    unit.make('older', 'good');
    expect(unit.release('switch', 'new')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('new is in use; old is kept'),
    });
    expect(unit.running()).toBe('new');
    expect(unit.releases()).toEqual(['new', 'old']);
    expect([unit.link('previous'), unit.link('trial')]).toEqual(['old', null]);
  });

  test.for([
    ['ends at its start', 'crashing', /it ended three times before it became ready/],
    [
      'never becomes ready',
      'hanging',
      /it (?:ended three times before it became ready|did not become ready in)/,
    ],
    ['ends once it is ready', 'short', /it ended (?:soon after it had|three times before it)/],
    ['sees less than the one before', 'blind', /it sees nothing with what saw before: front/],
  ] as const)('that %s is taken back by itself', async ([, behaviour, why], context) => {
    const unit = await unitWith(context, behaviour);
    const { code, stderr } = unit.release('switch', 'new');
    expect(stderr).toMatch(why);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('new was taken back, and old runs again'),
    });
    expect(unit.running()).toBe('old');
    expect(unit.releases()).toEqual(['old']);
  });

  test('on a unit that does not run is tried when it starts', async (context) => {
    const unit = await unitWith(context, 'crashing');
    unit.run(['systemctl', 'stop', 'lookout.service']);
    expect(unit.release('switch', 'new').stdout).toContain('new is tried when it starts');
    expect(unit.running()).toBeNull();
    unit.run(['systemctl', 'start', '--no-block', 'lookout.service']);
    await unit.runs('old');
    await waitFor(() => unit.link('trial') === null, { what: 'the end of the trial' });
    expect(unit.link('current')).toBe('old');
  });

  test('from which there is no way back is not on trial', async (context) => {
    const unit = await unitWith(context, 'good');
    expect(unit.release('switch', 'new', '--no-way-back').code).toBe(0);
    expect(unit.running()).toBe('new');
    expect(unit.release('back')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no release to go back to'),
    });
  });
});

test('a release that is installed again, as it was damaged, takes nobody the way back', async (context) => {
  const unit = await unitWith(context, 'good');
  unit.make('0.2.0-4fc91d2', 'good');
  expect(unit.release('switch', '0.2.0-4fc91d2').code).toBe(0);
  unit.make('0.2.0-4fc91d2.2', 'good');
  expect(unit.release('switch', '0.2.0-4fc91d2.2').stdout).toContain('old is kept');
  expect(unit.running()).toBe('0.2.0-4fc91d2.2');
  expect(unit.releases()).toEqual(['0.2.0-4fc91d2.2', 'old']);
  expect(unit.release('back').stdout).toContain('old is in use');
}, 240_000);

test('the release before runs again by hand, and the newer one after it', async (context) => {
  const unit = await unitWith(context, 'good');
  expect(unit.release('switch', 'new').code).toBe(0);
  expect(unit.release('back').stdout).toContain('old is in use; new is kept');
  expect(unit.running()).toBe('old');
  expect(unit.release('back').stdout).toContain('new is in use; old is kept');
  expect(unit.running()).toBe('new');
  expect(unit.run(['readlink', '-f', '/usr/local/bin/lookout']).stdout).toBe(
    '/opt/lookout/releases/new/scripts/lookout\n',
  );
}, 240_000);

test('the services are those of the release that runs', async (context) => {
  const unit = await unitWith(context, 'good');
  const service = (folder: string) => join(unit.root, folder, 'lookout.service');
  const newer = `${readFileSync(service('opt/lookout/releases/new/systemd'), 'utf8')}# newer\n`;
  writeFileSync(service('opt/lookout/releases/new/systemd'), newer);
  const isNewer = () => readFileSync(service('etc/systemd/system'), 'utf8') === newer;
  expect(unit.release('switch', 'new').code).toBe(0);
  expect(isNewer()).toBe(true);
  expect(unit.release('back').code).toBe(0);
  expect(isNewer()).toBe(false);
}, 240_000);

/** Ends the shell that runs it with SIGKILL before the command with this number; without one, counts them. */
const killer = `
  unset BASH_ENV
  set -T
  at=0
  trap '[ $BASHPID != $$ ] || { at=$((at + 1)); [ "$at" != "\${KILL_AT:-}" ] || kill -9 $$; }' DEBUG
  trap 'echo $at >/root/commands' EXIT
`;

describe('power that goes during an update', { timeout: 1_800_000 }, () => {
  /** Kills an update before one of its commands; null instead counts them. */
  function killedAt(unit: ReleaseMachine, command: number | null) {
    writeFileSync(join(unit.root, 'root/killer'), killer);
    return unit.run(['/opt/lookout/releases/new/scripts/release', 'switch', 'new'], {
      BASH_ENV: '/root/killer',
      ...(command !== null && { KILL_AT: String(command) }),
    });
  }
  const all = process.env.LOOKOUT_TEST_EVERY_STEP !== undefined;

  test('leaves a unit that runs: the old release where the new one does not start', async (context) => {
    const counted = await unitWith(context, 'crashing');
    killedAt(counted, null);
    const commands = Number(readFileSync(join(counted.root, 'root/commands'), 'utf8'));
    expect(commands).toBeGreaterThan(40);
    await counted.cutPower();
    const step = all ? 1 : Math.ceil(commands / 6);
    const ends = new Set<string>();
    for (let at = 2; at <= commands; at += step) {
      const unit = await unitWith(context, 'crashing');
      expect(killedAt(unit, at).code, `command ${at}`).toBe('SIGKILL');
      await unit.cutPower();
      ends.add(`${unit.link('current')} in use, ${unit.link('trial')} on trial`);
      await unit.start();
      await unit.runs('old');
      await waitFor(() => unit.link('current') === 'old' && unit.link('trial') === null, {
        what: `the end of the trial after command ${at}`,
      });
      await unit.cutPower();
    }
    expect(ends).toContain('new in use, new on trial');
    expect(ends).toContain('old in use, null on trial');
  });

  test('leaves the new release where that starts', async (context) => {
    const unit = await unitWith(context, 'good');
    const update = unit.begin(['/opt/lookout/releases/new/scripts/release', 'switch', 'new']);
    await waitFor(() => unit.link('current') === 'new', { what: 'the switch' });
    await unit.cutPower();
    await update;
    await unit.start();
    await unit.runs('new');
    await waitFor(() => unit.link('previous') === 'old' && unit.link('trial') === null, {
      what: 'the end of the trial',
    });
  });

  test('and an installer that is killed alone, leave the trial to itself', async (context) => {
    const unit = await unitWith(context, 'crashing');
    const update = unit.begin(['/opt/lookout/releases/new/scripts/release', 'switch', 'new']);
    await waitFor(
      () => unit.run(['systemctl', 'is-active', 'lookout-trial']).stdout === 'activating\n',
      {
        what: 'the trial',
      },
    );
    unit.run(['pkill', '-KILL', '-f', 'release switch']);
    await update;
    await unit.runs('old');
    await waitFor(() => unit.releases().join() === 'old', { what: 'the end of the trial' });
    expect(unit.link('trial')).toBeNull();
  });
});
