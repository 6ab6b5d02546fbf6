import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crewOf } from '../support/crew.ts';
import { lookoutAs } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { hotlistAt, listFile, readAs } from './hotlist-at.ts';

const patient = { timeout: 60_000 };

/** A folder with a configuration of two lists, and the command line on it, for someone who is not logged in. */
function unit() {
  const folder = temporaryFolder();
  const config = join(folder, 'lookout.yaml');
  writeFileSync(
    config,
    `unit: { dataDir: ${join(folder, 'data')} }
hotlist:
  lists: [{ id: svs, name: Stolen vehicles }, { id: local, name: Local, type: specific }]
`,
  );
  const nobody = { XDG_RUNTIME_DIR: join(folder, 'nobody') };
  const lookout = (...words: string[]) => as(nobody)(...words);
  const as =
    (environment: Record<string, string>) =>
    (...words: string[]) =>
      lookoutAs(environment, 'hotlist', ...words, '-c', config);
  return { folder, dataDir: join(folder, 'data'), config, lookout, as };
}

/** The same with an administrator logged in. */
async function unitWithAdministrator() {
  const made = unit();
  const crew = await crewOf(made.folder, made.config);
  return { ...made, crew, lookout: made.as(crew.administrator) };
}

const content = 'plate,state,reason\n7ABC123,CA,Stolen 2 Nov\n8XYZ999,NV,Stolen 3 Nov\n';
const nowIso = () => new Date().toISOString();
const inquiry = ['--purpose', 'investigation', '--case', '26-0042', '--reason', 'stolen vehicle'];

describe('lookout hotlist', patient, () => {
  it('import puts a list in force for a daemon that runs', async () => {
    const { folder, dataDir, lookout } = await unitWithAdministrator();
    const daemon = hotlistAt(dataDir, [{}], { clock: () => Date.now(), maintain: true });
    let changes = 0;
    daemon.on('changed', () => {
      changes += 1;
    });
    expect(daemon.match(readAs('7ABC123'))).toEqual([]);
    const ran = await lookout('import', 'svs', listFile(folder, content), '--as-of', nowIso());
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('svs: holds 2 entries (the first import)');
    expect(daemon.match(readAs('7ABC123'))).toHaveLength(1);
    await waitFor(() => changes > 0, { what: 'the change' });
  });

  it('shows no plate unless asked to', async () => {
    const { folder, lookout } = await unitWithAdministrator();
    const file = listFile(folder, content);
    const runs = [
      await lookout('check', 'svs', file, '--as-of', nowIso()),
      await lookout('check', 'svs', file, '--as-of', nowIso(), '--json'),
      await lookout('import', 'svs', file, '--as-of', nowIso()),
      await lookout('list', 'svs', ...inquiry),
    ];
    for (const { code, stdout, stderr } of runs) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toMatch(/7ABC123|8XYZ999/);
    }
    expect(runs[3]?.stdout).toContain('Stolen 2 Nov');
    const page = ['--show-plates', '--limit', '1', '--offset', '1'];
    const shown = await lookout('list', 'svs', ...page, ...inquiry);
    expect(shown.stdout).toContain('8XYZ999');
    expect(shown.stdout).not.toContain('7ABC123');
    const aimless = await lookout('list', 'svs');
    expect(aimless).toMatchObject({ code: 1, stdout: '' });
    expect(aimless.stderr).toContain('State why you look');
  });

  it('shows and changes nothing for someone who is not logged in, but the state of the lists (HOT-1)', async () => {
    const { folder, lookout } = unit();
    const imported = await lookout('import', 'svs', listFile(folder, content), '--as-of', nowIso());
    expect(imported).toMatchObject({ code: 1, stdout: '' });
    expect(imported.stderr).toContain('you are not logged in; type "lookout login" first');
    const { stdout } = await lookout('status');
    expect(stdout).toMatch(/svs +empty +0 /);
    expect(stdout).toMatch(/local +empty +0 .*never imported: lookout hotlist import local FILE/);
  });

  it('status tells every list, also as JSON (HOT-1)', async () => {
    const { folder, lookout } = await unitWithAdministrator();
    await lookout('import', 'svs', listFile(folder, content), '--as-of', nowIso());
    const { stdout } = await lookout('status');
    expect(stdout).toMatch(/svs +current +2 .*state +general +Ada Cole/);
    const lists = JSON.parse((await lookout('status', '--json')).stdout);
    expect(lists).toMatchObject([
      { id: 'svs', entries: 2, state: 'current', priority: 50, importedBy: 'Ada Cole' },
      { id: 'local', type: 'specific' },
    ]);
  });

  it('disable, enable and delete are for who manages the lists (HOT-15)', async () => {
    const { folder, as, crew, lookout } = await unitWithAdministrator();
    const officer = as(await crew.join('reyes', 'officer'));
    await lookout('import', 'svs', listFile(folder, content), '--as-of', nowIso());
    const refused = await officer('disable', 'svs');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('it needs hotlist.manage');
    const off = await lookout('disable', 'svs');
    expect(off).toMatchObject({ code: 0, stdout: 'Stolen vehicles: off by Ada Cole\n' });
    expect((await lookout('status')).stdout).toMatch(/svs +off/);
    expect((await lookout('enable', 'svs')).stdout).toBe('Stolen vehicles: on by Ada Cole\n');
    expect((await lookout('delete', 'svs')).stdout).toBe('svs: 2 entries deleted\n');
    expect((await lookout('status')).stdout).toMatch(/svs +empty +0/);
  });

  it('ends with 1 and one line that says what to do when a file is refused', async () => {
    const { folder, lookout } = await unitWithAdministrator();
    const file = listFile(folder, 'LIC,state\n7ABC123,CA\n');
    const refused = await lookout('import', 'svs', file, '--as-of', nowIso());
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^lookout: the file: the header has no "plate"; it has "LIC".*\n$/,
    );
    const untold = await lookout('import', 'svs', listFile(folder, content));
    expect(untold).toMatchObject({ code: 1, stdout: '' });
    expect(untold.stderr).toContain('--as-of');
    const unknown = await lookout('list', 'sfr', ...inquiry);
    expect(unknown.stderr).toContain('There is no hot list sfr');
    const missing = await lookout('import', 'svs', join(folder, 'gone.csv'));
    expect(missing.stderr).toMatch(/gone\.csv: cannot be read/);
  });

  it('writes the rows that cannot be used to a file of the person', async () => {
    const { folder, lookout } = await unitWithAdministrator();
    const rejects = join(folder, 'rejects.csv');
    const file = listFile(folder, `${content}ÑÑÑ,CA,x\n`);
    const words = ['--as-of', nowIso(), '--rejects', rejects, '--force'];
    const ran = await lookout('import', 'svs', file, ...words);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain(`the unusable rows are in ${rejects}`);
  });

  it('two imports at once wait for each other', async () => {
    const { folder, lookout } = await unitWithAdministrator();
    const many = `plate\n${Array.from({ length: 5000 }, (_, at) => `${at + 1000}ABC\n`).join('')}`;
    const runs = await Promise.all([
      lookout('import', 'svs', listFile(folder, many, 'a.csv'), '--as-of', nowIso()),
      lookout('import', 'local', listFile(folder, content, 'b.csv'), '--as-of', nowIso()),
    ]);
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const lists = JSON.parse((await lookout('status', '--json')).stdout);
    expect(lists).toMatchObject([{ entries: 5000 }, { entries: 2 }]);
  });
});
