import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookoutAs } from '../support/lookout-process.ts';
import { makeTestAccounts, type TestAccounts } from '../support/test-accounts.ts';
import { waitFor } from '../support/wait-for.ts';
import { hotlistAt, listFile, readAs } from './hotlist-at.ts';

/** A list for each test, so that they can share a unit, whose accounts cost seconds. */
const lists = ['taken', 'hidden', 'told', 'chosen', 'refused', 'picked', 'many', 'few'];
const folder = mkdtempSync(join(tmpdir(), 'lookout-test-'));
const dataDir = join(folder, 'data');
const config = join(folder, 'lookout.yaml');
let crew: TestAccounts;

beforeAll(async () => {
  const listed = lists.map((id) => `{ id: ${id}, name: List ${id}, type: specific }`).join(', ');
  writeFileSync(config, `unit: { dataDir: ${dataDir} }\nhotlist: { lists: [${listed}] }\n`);
  crew = await makeTestAccounts(folder, config);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const as =
  (environment: Record<string, string>) =>
  (...words: string[]) =>
    lookoutAs(environment, 'hotlist', ...words, '-c', config);
const lookout = (...words: string[]) => as(crew.administrator)(...words);

const content = 'plate,state,reason\n7ABC123,CA,Stolen 2 Nov\n8XYZ999,NV,Stolen 3 Nov\n';
const nowIso = () => new Date().toISOString();
const inquiry = ['--purpose', 'investigation', '--case', '26-0042', '--reason', 'stolen vehicle'];

describe('lookout hotlist', { timeout: 180_000 }, () => {
  it('import puts a list in force for a daemon that runs', async () => {
    const daemon = hotlistAt(dataDir, [{ id: 'taken' }], {
      clock: () => Date.now(),
      maintain: true,
    });
    let changes = 0;
    daemon.on('changed', () => {
      changes += 1;
    });
    expect(daemon.match(readAs('7ABC123'))).toEqual([]);
    const ran = await lookout('import', 'taken', listFile(folder, content), '--as-of', nowIso());
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('taken: holds 2 entries (the first import)');
    expect(daemon.match(readAs('7ABC123'))).toHaveLength(1);
    await waitFor(() => changes > 0, { what: 'the change' });
  });

  it('shows no plate unless asked to, and nothing without a purpose', async () => {
    const file = listFile(folder, content);
    const runs = [
      await lookout('check', 'hidden', file, '--as-of', nowIso(), '--json'),
      await lookout('import', 'hidden', file, '--as-of', nowIso()),
      await lookout('list', 'hidden', ...inquiry),
    ];
    for (const { code, stdout, stderr } of runs) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toMatch(/7ABC123|8XYZ999/);
    }
    expect(runs[2]?.stdout).toContain('Stolen 2 Nov');
    const page = ['--show-plates', '--limit', '1', '--offset', '1'];
    const shown = await lookout('list', 'hidden', ...page, ...inquiry);
    expect(shown.stdout).toContain('8XYZ999');
    expect(shown.stdout).not.toContain('7ABC123');
    const aimless = await lookout('list', 'hidden');
    expect(aimless).toMatchObject({ code: 1, stdout: '' });
    const misnamed = await lookout('disable', 'hiden');
    expect(misnamed.stderr).toMatch(
      /There is no hot list hiden on this unit\. There are: .*hidden/,
    );
    expect(aimless.stderr).toMatch(
      /State the purpose of this inquiry \(--purpose \w+ \| .*--case.*--reason/,
    );
    const numbered = await lookout('list', 'hidden', '--case', '26-0042');
    expect(numbered.stderr).toMatch(/State the purpose of this inquiry \(--purpose \w+ \| /);
    const guessed = await lookout('list', 'hidden', '--purpose', 'looking', '--case', '26-0042');
    expect(guessed.stderr).toMatch(/"looking" is no purpose .*\(--purpose \w+ \| /);
  });

  it('shows people who are not logged in only the state of the lists (HOT-1)', async () => {
    const nobody = as({ XDG_RUNTIME_DIR: join(folder, 'nobody') });
    const imported = await nobody('import', 'told', listFile(folder, content), '--as-of', nowIso());
    expect(imported).toMatchObject({ code: 1, stdout: '' });
    expect(imported.stderr).toContain('you are not logged in; type "lookout login" first');
    const { stdout } = await nobody('status');
    expect(stdout).toMatch(
      /told +empty +0 .*never imported: lookout hotlist import told FILE --as-of TIME/,
    );

    await lookout('import', 'told', listFile(folder, content), '--as-of', nowIso());
    expect((await nobody('status')).stdout).toMatch(/told +current +2 .*state +specific +Ada Cole/);
    const all = JSON.parse((await nobody('status', '--json')).stdout);
    expect(all.find(({ id }: { id: string }) => id === 'told')).toMatchObject({
      entries: 2,
      state: 'current',
      type: 'specific',
      priority: 50,
      importedBy: 'Ada Cole',
    });
  });

  it('disable, enable and delete are for who manages the lists (HOT-15)', async () => {
    const officer = as(await crew.join('reyes', 'officer'));
    await lookout('import', 'chosen', listFile(folder, content), '--as-of', nowIso());
    const refused = await officer('disable', 'chosen');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('it needs hotlist.manage');
    const off = await lookout('disable', 'chosen');
    expect(off).toMatchObject({ code: 0, stdout: 'List chosen: off by Ada Cole\n' });
    expect((await lookout('status')).stdout).toMatch(/chosen +off/);
    expect((await lookout('enable', 'chosen')).stdout).toBe('List chosen: on by Ada Cole\n');
    expect((await lookout('delete', 'chosen')).stdout).toBe('chosen: 2 entries deleted\n');
    expect((await lookout('status')).stdout).toMatch(/chosen +empty +0/);
  });

  it('ends with 1 and one line that says what to do when a file is refused', async () => {
    const file = listFile(folder, 'LIC,state\n7ABC123,CA\n');
    const refused = await lookout('import', 'refused', file, '--as-of', nowIso());
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^lookout: the file: the header has no "plate"; it has "LIC".*\n$/,
    );
    const untold = await lookout('import', 'refused', listFile(folder, content));
    expect(untold.stderr).toContain('--as-of');
    const unknown = await lookout('list', 'sfr', ...inquiry);
    expect(unknown.stderr).toContain('There is no hot list sfr');
    const missing = await lookout('import', 'refused', join(folder, 'gone.csv'));
    expect(missing.stderr).toMatch(/gone\.csv: cannot be read/);
  });

  it('writes the rows that cannot be used to a file of the person', async () => {
    const rejects = join(folder, 'rejects.csv');
    const file = listFile(folder, `${content}ÑÑÑ,CA,x\n`);
    const words = ['--as-of', nowIso(), '--rejects', rejects, '--force'];
    const ran = await lookout('import', 'picked', file, ...words);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain(`the unusable rows are in ${rejects}`);
    expect(readFileSync(rejects, 'utf8')).toContain('"ÑÑÑ,CA,x"');
  });

  it('two imports at once wait for each other', async () => {
    const many = `plate\n${Array.from({ length: 5000 }, (_, at) => `${at + 1000}ABC\n`).join('')}`;
    const runs = await Promise.all([
      lookout('import', 'many', listFile(folder, many, 'a.csv'), '--as-of', nowIso()),
      lookout('import', 'few', listFile(folder, content, 'b.csv'), '--as-of', nowIso()),
    ]);
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const all = JSON.parse((await lookout('status', '--json')).stdout);
    expect(all.slice(-2)).toMatchObject([{ entries: 5000 }, { entries: 2 }]);
  });
});
