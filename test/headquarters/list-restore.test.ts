import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { disableHotList } from '../../src/accountability/lists/operations.ts';
import { lookout } from '../support/lookout-process.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { backUp } from './back-up.ts';
import { asAda, asAdaAgain, openDepartment } from './department.ts';
import { lists, openCar, putList, slow } from './list-car.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

describe.skipIf(missingMosquitto)('versions of hot lists', { timeout: 600_000 }, () => {
  test('headquarters that was restored from before the first version says what the broker has, leaves it, and overtakes it by what is decided since', async () => {
    const department = await openDepartment({ lists });
    const { dataDir, folder } = department;
    let running = await department.startHeadquarters();
    const perform = await asAda(running.headquarters);
    const keyFile = join(folder, 'headquarters.pub');
    cpSync(join(dataDir, 'headquarters.pub'), keyFile);
    const car = await openCar(department, { keyFile }).start();
    const backup = await backUp(dataDir, join(folder, 'backups'), '--keys');
    await putList(perform, 40, 30);
    await waitFor(car.has(40), { ...slow, what: 'the list on the car' });
    await running.stop();
    // As if its clock had been a day ahead: the numbers of what is decided now are lower.
    department.change('lookout.db', 'UPDATE list_version SET sequence = sequence + 86400000');
    running = await department.startHeadquarters();
    await waitFor(() => running.headquarters.status().broker.connected, { ...slow, what: 'link' });
    const number = () =>
      department.rows<{ sequence: number }>('lookout.db', 'SELECT sequence FROM list_version')[0];
    await waitFor(() => car.sequence() === number()?.sequence, { ...slow, what: 'the number' });
    await running.stop();

    rmSync(dataDir, { recursive: true });
    const restored = await lookout('restore', backup.folder, '--to', dataDir);
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    running = await department.startHeadquarters();
    const { headquarters } = running;
    const problem = () => headquarters.status().problems.find((each) => /does not know/.test(each));
    await waitFor(() => problem() !== undefined, { ...slow, what: 'the problem' });
    expect(problem()).toMatch(/hot list svs .* the broker has version 1-/);
    expect(car.hotlist.status()).toMatchObject([{ entries: 40, state: 'current' }]);

    await (await asAdaAgain(headquarters))(disableHotList, { list: 'svs' });
    await waitFor(car.has(0), { ...slow, what: 'the end of the list on the car' });
    expect(car.unit.uplink.health().problem).toBeNull();
    await waitFor(() => problem() === undefined, { ...slow, what: 'the end of the problem' });
  });
});
