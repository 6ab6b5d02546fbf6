import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/platform/database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const first = { id: 'test-1', sql: 'CREATE TABLE listChoice (id TEXT) STRICT' };
const second = { id: 'test-2', sql: 'ALTER TABLE listChoice RENAME TO list_choice' };

/** A process that /proc shows as a command of lookout, on a data folder. */
async function lookoutOn(folder: string, command: string): Promise<number> {
  const code = 'process.stdout.write("up"); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ['-e', code, '--', 'src/main.ts', command, '--set', 'x']);
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  writeFileSync(join(folder, 'lookout.pid'), `${child.pid}\n`);
  return child.pid ?? 0;
}

test('a newer program does not change the databases under a running daemon', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'lookout.db');
  openDatabase(path, [first]).close();
  const pid = await lookoutOn(folder, 'run');
  expect(() => openDatabase(path, [first, second])).toThrow(
    `is in use by a lookout of an older version with process id ${pid}. Install this version`,
  );
  openDatabase(path, [first]).close();
  openDatabase(join(folder, 'new.db'), [first, second]).close();
});

test('a process id that is left over or belongs to a command holds up no update', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'lookout.db');
  openDatabase(path, [first]).close();
  await lookoutOn(folder, 'status');
  openDatabase(path, [first, second]).close();
});
