import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileDurably } from '../../src/platform/write-file-durably.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a file that cannot be written leaves nothing behind that takes room', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'picture.jpg');
  await writeFileDurably(path, 'whole');
  expect(readFileSync(path, 'utf8')).toBe('whole');
  mkdirSync(join(folder, 'taken'));
  await expect(writeFileDurably(join(folder, 'taken'), 'never')).rejects.toThrow(/EISDIR/);
  expect(readdirSync(folder).sort()).toEqual(['picture.jpg', 'taken']);
});
