import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lookout, startLookout } from '../../support/lookout-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openLog, sampleEntry, tamper } from '../audit/open-log.ts';

describe('AUD-10: an overseer checks a seized disk without login', () => {
  it('lookout audit verify ends with 0 for a sound log, with 1 and the record for another, and changes nothing', async () => {
    const dataDir = temporaryFolder();
    const log = openLog(dataDir);
    for (let at = 0; at < 5; at += 1) log.append(sampleEntry());
    log.close();
    const verify = (...more: string[]) =>
      lookout('audit', 'verify', '--set', `unit.dataDir=${dataDir}`, ...more);
    const ours = ['--set', 'unit.agency=test-pd', '--set', 'unit.id=unit-7'];

    const sound = await verify(...ours);
    expect(sound.code).toBe(0);
    expect(sound.stdout).toContain('Audit log of test-pd/unit-7');
    expect(sound.stdout).toContain('Sound: no record was changed');
    // Nothing of what was looked for is shown to someone who has not logged in.
    expect(sound.stdout).not.toContain('8ABC123');

    const foreign = await verify();
    expect(foreign.code).toBe(1);
    expect(foreign.stdout).toContain('copied from another unit');
    expect((await verify('--any-unit')).code).toBe(0);

    const zone = ['--set', 'unit.timeZone=Asia/Kolkata'];
    const span = /records from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d (\S+) to \S+ \S+ (\S+)/;
    expect(span.exec((await verify(...ours, ...zone)).stdout)?.slice(1)).toEqual([
      '+05:30',
      '+05:30',
    ]);
    const utc = await verify(...ours, ...zone, '--utc');
    expect(span.exec(utc.stdout)?.slice(1)).toEqual(['+00:00', '+00:00']);
    const wrong = await verify(...ours, '--set', 'unit.timeZone=PST');
    expect(wrong.stderr).toContain('use a name of the IANA database such as America/Los_Angeles');

    tamper(dataDir, "UPDATE record SET body = replace(body, '8ABC123', '9XYZ999') WHERE seq = 4");
    const before = filesOf(dataDir);
    const changed = await verify(...ours, '--json');
    expect(changed.code).toBe(1);
    expect(JSON.parse(changed.stdout).findings).toMatchObject([{ fault: 'changed', seq: 4 }]);
    expect(filesOf(dataDir)).toEqual(before);
  }, 60_000);

  it('and everything else of the log needs a login', async () => {
    const dataDir = temporaryFolder();
    for (const command of ['list', 'report']) {
      const args = ['audit', command, '--set', `unit.dataDir=${dataDir}`];
      const asked = startLookout(args, { XDG_RUNTIME_DIR: dataDir });
      expect(await asked.ended).toBe(1);
      expect(asked.output.stderr).toContain('not logged in');
    }
  }, 60_000);
});

/** Names and bytes. */
function filesOf(folder: string): [string, string][] {
  return readdirSync(folder).map((name) => [
    name,
    readFileSync(join(folder, name)).toString('base64'),
  ]);
}
