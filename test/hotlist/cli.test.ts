import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { hotlistAt, listFile, readAs } from './hotlist-at.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** A folder with a configuration of two lists, and the command line on it. */
function unit(): { folder: string; lookout: (...words: string[]) => Promise<Ran> } {
  const folder = temporaryFolder();
  const config = join(folder, 'lookout.yaml');
  writeFileSync(
    config,
    `unit: { dataDir: ${folder} }
hotlist:
  lists: [{ id: svs, name: Stolen vehicles }, { id: local, name: Local, type: specific }]
`,
  );
  const lookout = (...words: string[]) =>
    new Promise<Ran>((resolve) => {
      const args = [main, 'hotlist', ...words, '-c', config];
      execFile(process.execPath, args, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  return { folder, lookout };
}

const content = 'plate,state,reason\n7ABC123,CA,Stolen 2 Nov\n8XYZ999,NV,Stolen 3 Nov\n';
const nowIso = () => new Date().toISOString();

describe('lookout hotlist', () => {
  it('import puts a list in force for a daemon that runs', async () => {
    const { folder, lookout } = unit();
    const daemon = hotlistAt(folder, [{}], { clock: () => Date.now(), maintain: true });
    let changes = 0;
    daemon.on('changed', () => {
      changes += 1;
    });
    expect(daemon.match(readAs('7ABC123'))).toEqual([]);
    const ran = await lookout('import', 'svs', listFile(folder, content), '--as-of', nowIso());
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('svs: holds 2 entries (the first import)');
    expect(daemon.match(readAs('7ABC123'))).toHaveLength(1);
    await waitFor(() => changes > 0, { what: 'the change' });
  });

  it('shows no plate unless asked to', async () => {
    const { folder, lookout } = unit();
    const file = listFile(folder, content);
    const runs = [
      await lookout('check', 'svs', file, '--as-of', nowIso()),
      await lookout('check', 'svs', file, '--as-of', nowIso(), '--json'),
      await lookout('import', 'svs', file, '--as-of', nowIso()),
      await lookout('list', 'svs'),
    ];
    for (const { code, out, err } of runs) {
      expect(code).toBe(0);
      expect(out + err).not.toMatch(/7ABC123|8XYZ999/);
    }
    expect(runs[3]?.out).toContain('Stolen 2 Nov');
    const shown = await lookout('list', 'svs', '--show-plates', '--limit', '1', '--offset', '1');
    expect(shown.out).toContain('8XYZ999');
    expect(shown.out).not.toContain('7ABC123');
  });

  it('status tells every list, also as JSON (HOT-1)', async () => {
    const { folder, lookout } = unit();
    await lookout('import', 'svs', listFile(folder, content), '--as-of', nowIso());
    const { out } = await lookout('status');
    expect(out).toMatch(/svs +current +2 /);
    expect(out).toMatch(/local +empty +0 .*never imported: lookout hotlist import local FILE/);
    const lists = JSON.parse((await lookout('status', '--json')).out);
    expect(lists).toMatchObject([{ id: 'svs', entries: 2, state: 'current' }, { id: 'local' }]);
  });

  it('ends with 1 and one line that says what to do when a file is refused', async () => {
    const { folder, lookout } = unit();
    const file = listFile(folder, 'LIC,state\n7ABC123,CA\n');
    const refused = await lookout('import', 'svs', file, '--as-of', nowIso());
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(
      /^lookout: \S+list\.csv: the header has no "plate"; it has "LIC".*\n$/,
    );
    const untold = await lookout('import', 'svs', listFile(folder, content));
    expect(untold).toMatchObject({ code: 1, out: '' });
    expect(untold.err).toContain('--as-of');
    const unknown = await lookout('list', 'sfr');
    expect(unknown.err).toContain('the lists are svs, local');
  });

  it('two imports at once wait for each other', async () => {
    const { folder, lookout } = unit();
    const many = `plate\n${Array.from({ length: 5000 }, (_, at) => `${at + 1000}ABC\n`).join('')}`;
    const runs = await Promise.all([
      lookout('import', 'svs', listFile(folder, many, 'a.csv'), '--as-of', nowIso()),
      lookout('import', 'local', listFile(folder, content, 'b.csv'), '--as-of', nowIso()),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const lists = JSON.parse((await lookout('status', '--json')).out);
    expect(lists).toMatchObject([{ entries: 5000 }, { entries: 2 }]);
  });
});
