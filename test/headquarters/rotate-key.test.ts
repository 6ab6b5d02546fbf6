import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSignedBy, signAgencyMessage } from '../../src/accountability/agency/agency-message.ts';
import { readPublicKeys } from '../../src/accountability/agency/public-keys.ts';
import {
  beginRotation,
  endRotation,
  noteSignedAnew,
  openSigningKey,
  publicKeysPem,
  rotationState,
  switchKey,
} from '../../src/headquarters/enrolment/signing-keys.ts';
import { lookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Headquarters that changes its key, and what it has signed so far. */
function changing() {
  const folder = temporaryFolder();
  const run = (...args: string[]) =>
    lookout(
      ...['headquarters', 'rotate-key', ...args, '--set', `unit.dataDir=${folder}`],
      ...['--set', 'unit.mode=headquarters'],
    );
  const signed = () =>
    signAgencyMessage(
      {
        kind: 'index',
        agency: 'test-pd',
        id: '0',
        sequence: 1,
        at: new Date().toISOString(),
        entries: [['hot-plate', randomUUID(), 1]],
      },
      openSigningKey(folder),
    );
  /** The keys of a unit that is given the file as it is now. */
  const given = () => {
    const file = join(temporaryFolder(), 'headquarters.pub');
    writeFileSync(file, publicKeysPem(folder));
    return readPublicKeys(file);
  };
  return { folder, run, signed, given };
}

describe('lookout headquarters rotate-key', () => {
  test('no unit that is given the file at a step refuses what is signed until two steps on', async () => {
    const { folder, run, signed, given } = changing();
    const first = { keys: given(), message: signed() };
    expect(await run('--begin')).toMatchObject({ code: 0 });
    const begun = { keys: given(), message: signed() };
    expect(isSignedBy(begun.message, first.keys)).toBe(true);
    expect(isSignedBy(begun.message, begun.keys)).toBe(true);
    expect(await run('--switch')).toMatchObject({ code: 0 });
    const switched = { keys: given(), message: signed() };
    for (const { keys } of [begun, switched]) {
      // Also what was signed before, and is retained at the broker.
      for (const { message } of [first, begun, switched])
        expect(isSignedBy(message, keys)).toBe(true);
    }
    expect(isSignedBy(switched.message, first.keys)).toBe(false);
    noteSignedAnew(folder);
    expect(await run('--end')).toMatchObject({ code: 0 });
    const ended = { keys: given(), message: signed() };
    for (const { keys } of [begun, switched, ended])
      expect(isSignedBy(ended.message, keys)).toBe(true);
    expect(isSignedBy(first.message, ended.keys)).toBe(false);
  });

  test('has its steps in order', () => {
    const { folder } = changing();
    expect(rotationState(folder)).toBe('none');
    expect(() => switchKey(folder)).toThrow('first comes --begin');
    expect(() => endRotation(folder)).toThrow('first come --begin');
    beginRotation(folder);
    expect(rotationState(folder)).toBe('begun');
    expect(() => beginRotation(folder)).toThrow('next comes --switch');
    expect(() => endRotation(folder)).toThrow('first come --begin');
    switchKey(folder);
    expect(rotationState(folder)).toBe('switched');
    expect(() => beginRotation(folder)).toThrow('next comes --end');
    expect(() => switchKey(folder)).toThrow('first comes --begin');
    expect(() => endRotation(folder)).toThrow('has not signed all again');
    noteSignedAnew(folder);
    expect(rotationState(folder)).toBe('signed');
    endRotation(folder);
    expect(rotationState(folder)).toBe('none');
  });

  test('shows the step that comes next, and writes the file for units', async () => {
    const { run, folder } = changing();
    const file = join(folder, 'headquarters.pub');
    expect((await run('--begin', '--public', file)).stdout).toContain('rotate-key --switch');
    expect(readFileSync(file, 'utf8').match(/BEGIN PUBLIC KEY/g)).toHaveLength(2);
    expect(await run('--begin', '--switch')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('give one'),
    });
  });

  test('a key file that is damaged is named', async () => {
    const { run, folder } = changing();
    writeFileSync(join(folder, 'signing.key'), 'no key');
    const ended = await run('--begin');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      `${join(folder, 'signing.key')}: the key that signs for all units cannot be read`,
    );
  });
});
