import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programRoot } from '../../src/config/load.ts';
import { lookout, startLookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

interface Passage {
  plate: string | null;
  unread: string | null;
  seenCount: number;
  atS: number;
  untilS: number;
  position: [number, number] | null;
  hits: { tier: string; listed: string; state: string }[];
}

async function replay(drive: string, ...options: string[]): Promise<Passage[]> {
  const { stdout, stderr, code } = await lookout('replay', drive, '--json', ...options);
  // A busy disk is told, and is no fault of the replay.
  const said = stderr.split('\n').filter((line) => !line.includes('the disk does not answer'));
  expect({ code, said: said.join('\n') }).toEqual({ code: 0, said: '' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Passage);
}

describe('lookout replay', { timeout: 400_000 }, () => {
  test('the drive: every readable vehicle once, its hits, the dirty plate unread (CAP-8)', async () => {
    const drive = join(programRoot, 'fixtures/drive');
    const truth = readFileSync(join(drive, 'truth.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { plate: string | null; hot: string | null; listed: string },
      );
    const passages = await replay(drive);

    const expected = truth.flatMap(({ plate }) => (plate === null ? [] : [plate])).sort();
    const read = passages.flatMap(({ plate }) => (plate === null ? [] : [plate])).sort();
    expect(read).toEqual(expected);

    const hits = passages.flatMap(({ plate, hits: of }) =>
      of.map(({ tier, listed }) => ({ plate, tier, listed })),
    );
    expect(hits).toEqual(
      truth.flatMap(({ plate, hot, listed }) =>
        hot === null ? [] : [{ plate, tier: hot, listed }],
      ),
    );
    expect(passages.some(({ unread }) => unread !== null)).toBe(true);
    // A stop at the lights is one detection of many frames.
    expect(Math.max(...passages.map(({ seenCount }) => seenCount))).toBeGreaterThan(100);
    expect(passages.every(({ position }) => position !== null)).toBe(true);
  });

  test('gives the same each time', async () => {
    const drive = join(programRoot, 'fixtures/short');
    const list = join(programRoot, 'fixtures/drive/hotlist.csv');
    const first = await replay(drive, '--hotlist', list);
    expect(first.flatMap(({ hits }) => hits)).toHaveLength(1);
    expect(await replay(drive, '--hotlist', list)).toEqual(first);
  });

  test('a folder that is not a drive is refused by its name', async () => {
    const folder = temporaryFolder();
    const { stderr, code } = await lookout('replay', folder);
    expect(code).toBe(1);
    expect(stderr).toContain(`${folder}: is not a recorded drive`);
  });

  test('a drive whose video cannot be read ends with what is wrong', async () => {
    const folder = temporaryFolder();
    cpSync(join(programRoot, 'fixtures/short'), folder, { recursive: true });
    writeFileSync(join(folder, 'ir.mp4'), 'cut off');
    const { stderr, code } = await lookout('replay', folder);
    expect(code).toBe(1);
    expect(stderr).toContain(`lookout: infra-red: video ${join(folder, 'ir.mp4')}: is not a video`);
  });

  test('an interrupted one leaves no plates behind', async () => {
    const TMPDIR = temporaryFolder();
    const { child, ended } = startLookout(['replay', join(programRoot, 'fixtures/drive')], {
      TMPDIR,
    });
    await waitFor(() => readdirSync(TMPDIR).length > 0, { what: 'the data folder' });
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });
});
