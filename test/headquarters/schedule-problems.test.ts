import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listsSection } from '../../src/config/sections/lists.ts';
import { headquartersMigrations } from '../../src/headquarters/intake/tables.ts';
import { createListSchedules } from '../../src/headquarters/list-schedules/list-schedules.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a source that answers again is no problem any more, whatever its folder is called', async () => {
  const dataDir = temporaryFolder();
  const db = openDatabase(join(dataDir, 'headquarters.db'), headquartersMigrations);
  onTestFinished(() => void db.close());
  const path = join(dataDir, 'moved out of its folder');
  let nowMs = Date.now();
  const open = () =>
    createListSchedules({
      schedules: listsSection.parse({
        schedules: [{ list: 'svs', source: { kind: 'folder', path } }],
      }).schedules,
      target: { importFile: () => Promise.reject(new Error('nothing came')) },
      ...{ db, dataDir, tell() {}, clock: () => nowMs, log: createLog({ level: 'silent' }) },
    });
  await using schedules = open();
  schedules.start();
  await vi.waitFor(() => expect(schedules.problems().join()).toMatch(/cannot be read/), 20_000);
  mkdirSync(path);
  nowMs += 6 * 60_000;
  await vi.waitFor(() => expect(schedules.problems()).toEqual([]), 20_000);
});
