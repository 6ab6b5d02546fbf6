import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listVersionsOfList } from '../../src/accountability/lists/operations.ts';
import { listNotices } from '../../src/accountability/notices/operations.ts';
import { examine } from '../../src/diagnostics/examine.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';
import { lists, openCar, platesFrom, slow, sourceFile } from './list-car.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

describe.skipIf(missingMosquitto)('schedules of hot lists', { timeout: 600_000 }, () => {
  test('a file that is put into the folder is on every unit; one that shrank stays out, and people are told', async () => {
    const drop = temporaryFolder();
    const source = { kind: 'folder', path: drop, complete: 'done' };
    const department = await openDepartment({ lists, schedules: [{ list: 'svs', source }] });
    const put = (name: string, count: number) => {
      writeFileSync(join(drop, name), Buffer.from(sourceFile(platesFrom(100, count)), 'base64'));
      writeFileSync(join(drop, `${name}.done`), '');
    };
    // What was put there while headquarters was off is taken at its start.
    put('monday.csv', 60);
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const car = await openCar(department).start();
    await waitFor(car.has(60), { ...slow, what: 'the list on the car' });
    await waitFor(() => readdirSync(drop).length === 0, { ...slow, what: 'the empty folder' });
    expect(await perform(listVersionsOfList, { list: 'svs' })).toMatchObject([
      { version: 1, by: 'headquarters' },
    ]);

    put('tuesday.csv', 3);
    const problem = () => headquarters.status().problems.find((each) => /schedule/.test(each));
    await waitFor(() => problem() !== undefined, { ...slow, what: 'the problem' });
    expect(problem()).toMatch(/schedule of hot list svs \(folder.*95 % fewer/);
    // The reason is the last that is written.
    await waitFor(() => existsSync(join(drop, 'tuesday.csv.refused.txt')), {
      ...slow,
      what: 'the reason beside the file',
    });
    expect(readdirSync(drop).sort()).toEqual(['tuesday.csv.refused', 'tuesday.csv.refused.txt']);
    const kept = join(department.dataDir, 'list-refused');
    const [file = '', reason = ''] = readdirSync(kept).sort();
    expect(readFileSync(join(kept, reason), 'utf8')).toContain('95 % fewer');
    expect(readFileSync(join(kept, file), 'utf8')).toContain('7ABC100');
    const { notices } = await perform(listNotices, {});
    expect(notices.find(({ kind }) => kind === 'list')?.text).toMatch(
      /hot list svs .* stays out: .*95 % fewer.*The list in use stays\./,
    );
    expect(car.hotlist.status()[0]?.entries).toBe(60);

    put('wednesday.csv', 61);
    await waitFor(car.has(61), { ...slow, what: 'the next good list' });
    await waitFor(() => problem() === undefined, { ...slow, what: 'the end of the problem' });
  });

  test('one that fails is said, and tried again after a restart too', async () => {
    const folder = temporaryFolder();
    const source = { kind: 'folder', path: join(folder, 'none') };
    const metricsPort = await freePort();
    const schedules = [{ list: 'svs', source }];
    const department = await openDepartment({ lists, schedules, metricsPort });
    const first = await department.startHeadquarters();
    const failing = () => first.headquarters.status().problems.join();
    await waitFor(() => /cannot be read/.test(failing()), { ...slow, what: 'the problem' });
    const findings = await examine(department.configOf(department.dataDir));
    expect(findings.find(({ check }) => check === 'hot-lists')).toMatchObject({
      result: 'warning',
      says: expect.stringMatching(/schedule of hot list svs .*cannot be read/),
    });
    await first.stop();
    mkdirSync(source.path);
    const again = await department.startHeadquarters();
    expect(again.headquarters.status().problems.join()).toContain('cannot be read');
  });
});
