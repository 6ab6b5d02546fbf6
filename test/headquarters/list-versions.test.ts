import { describe, expect, test } from 'vitest';
import { listVersionsOfList } from '../../src/accountability/lists/operations.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, asAdaAgain, openDepartment } from './department.ts';
import { lists, openCar, putList, slow } from './list-car.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

describe.skipIf(missingMosquitto)('versions of hot lists', { timeout: 600_000 }, () => {
  test('are forgotten beyond a hundred, but for those that a unit still has', async () => {
    const department = await openDepartment({ lists });
    const first = await department.startHeadquarters();
    const perform = await asAda(first.headquarters);
    await putList(perform, 40, 30);
    const car = await openCar(department).start();
    await waitFor(car.has(40), { ...slow, what: 'the list on the car' });
    const held = () =>
      first.headquarters.status().units.find(({ unit }) => unit === 'unit-7')?.versions[0]?.version;
    await waitFor(() => held() === 1, { ...slow, what: 'the version of the car' });
    await car.stop();
    await first.stop();
    department.change(
      'lookout.db',
      `WITH RECURSIVE each (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM each WHERE n < 150)
       INSERT INTO list_version (list_id, number, sequence, sha256, bytes, entries, as_of_ms, in_use_ms, published_ms)
       SELECT 'svs', n, sequence + n, hex(randomblob(32)), 100, 40, as_of_ms + n, in_use_ms + n, in_use_ms + n
       FROM list_version, each WHERE number = 1`,
    );
    const again = await department.startHeadquarters();
    const performAgain = await asAdaAgain(again.headquarters);
    const versions = () => performAgain(listVersionsOfList, { list: 'svs' });
    await putList(performAgain, 41, 20);
    await waitFor(async () => (await versions())[0]?.entries === 41, { ...slow, what: 'the next' });
    await waitFor(async () => (await versions()).length === 101, {
      ...slow,
      what: 'the end of old',
    });
    const numbers = (await versions()).map(({ version }) => version);
    expect(numbers.at(-1)).toBe(1);
    expect(numbers.at(-2)).toBe((numbers[0] ?? 0) - 99);
  });
});
