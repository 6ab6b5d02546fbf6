import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHotPlateMatcher } from '../../../src/accountability/hotplates/match-hot-plates.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { hotlistSection } from '../../../src/config/sections/hotlist.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { lookoutAs } from '../../support/lookout-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { makeTestAccounts } from '../../support/test-accounts.ts';
import { read } from './open-hot-plates.ts';

// Each command is a process of its own, and a busy machine takes its time.
describe('lookout hotplate', { timeout: 300_000 }, () => {
  it('an entry goes from one person by another into a daemon that runs, and out again', async () => {
    const folder = temporaryFolder();
    const dataDir = join(folder, 'data');
    const config = join(folder, 'lookout.yaml');
    writeFileSync(config, `unit: { dataDir: ${dataDir} }\n`);
    const crew = await makeTestAccounts(folder, config);
    const officer = await crew.join('reyes', 'officer');
    const lookout = (environment: Record<string, string>, ...words: string[]) =>
      lookoutAs(environment, 'hotplate', ...words, '-c', config);

    const daemon = openUnitDatabase(dataDir);
    onTestFinished(() => void daemon.close());
    const { policy } = loadPolicy({ profile: 'strict', overrides: {} });
    const { nearMinP, nearMinPOf, stateCertainAt } = hotlistSection.parse({});
    const matching = { nearMinP, nearMinPOf, stateCertainAt };
    const matcher = createHotPlateMatcher({
      db: daemon,
      config: matching,
      policy,
      clock: systemClock,
    });

    const entry = [
      '--state',
      'CA',
      '--category',
      'felony_vehicle',
      '--case',
      '26-004211',
      '--days',
      '30',
    ];
    const words = [
      '--reason',
      'Used in armed robbery',
      '--synopsis',
      'Store robbed, two males fled',
    ];
    const once = await lookout(officer, 'enter', '--plate', '7A0C123', ...entry, ...words);
    expect(once).toMatchObject({ code: 1, stdout: '' });
    expect(once.stderr).toContain('give the plate twice');

    const plate = ['--plate', '7A0C123', '--again', '7a0-c123'];
    const entered = await lookout(officer, 'enter', ...plate, ...entry, ...words);
    expect(entered).toMatchObject({ code: 0, stderr: '' });
    expect(entered.stdout).toMatch(/^Hot plate \S+: awaits approval\n {2}look again: .*7AOC123/);
    const [, id = ''] = /Hot plate (\S+):/.exec(entered.stdout) ?? [];
    expect(matcher.match(read('7A0C123'))).toEqual([]);

    const own = await lookout(officer, 'approve', id);
    expect(own.stderr).toContain('hotplates.approve');
    const approved = await lookout(crew.administrator, 'approve', id);
    expect(approved).toMatchObject({ code: 0, stderr: '' });
    expect(matcher.match(read('7A0C123'))).toMatchObject([
      { entry: { id, enteredBy: 'Test reyes', approvedBy: 'Ada Cole' } },
    ]);

    const inquiry = ['--purpose', 'investigation', '--case', '26-004211', '--reason', 'robbery'];
    const shown = await lookout(officer, 'show', id, ...inquiry);
    expect(shown.stdout).toMatch(/entered by +Test reyes \(officer\)/);
    expect(shown.stdout).toMatch(/approved +Ada Cole/);
    expect(shown.stdout).not.toContain('7A0C123');
    const listed = await lookout(officer, 'list', '--show-plates', ...inquiry);
    expect(listed.stdout).toContain('7A0C123');

    const removed = await lookout(officer, 'remove', id, '--outcome', 'located');
    expect(removed.stdout).toBe(`Hot plate ${id}: removed\n`);
    expect(matcher.match(read('7A0C123'))).toEqual([]);
  });
});
