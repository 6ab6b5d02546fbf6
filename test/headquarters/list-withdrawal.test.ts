import { describe, expect, test } from 'vitest';
import {
  deleteHotList,
  disableHotList,
  enableHotList,
  listVersionsOfList,
} from '../../src/accountability/lists/operations.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';
import { lists, openCar, putList, slow } from './list-car.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const svs = { list: 'svs' };

describe.skipIf(missingMosquitto)('a hot list that is taken back', { timeout: 600_000 }, () => {
  /** Headquarters with one list in force, and a car that is not started. */
  async function openBoth() {
    const department = await openDepartment({ lists });
    const { headquarters, stop } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const put = (count: number, minutes: number) => putList(perform, count, minutes);
    await put(40, 30);
    return { department, headquarters, stop, perform, put, car: openCar(department) };
  }

  type Car = Awaited<ReturnType<ReturnType<typeof openCar>['start']>>;
  const alerts = ({ hotlist }: Car): boolean =>
    hotlist.match({ plate: '7ABC100', characters: [], alternatives: [], state: null }).length > 0;
  const until = (what: string, probe: () => unknown) => waitFor(probe, { ...slow, what });

  test('HOT-2: one that is switched off at headquarters alerts on no unit, and does again once it is switched on', async () => {
    const { department, headquarters, perform, car } = await openBoth();
    const first = await car.start();
    await until('the list on the car', () => alerts(first));
    await perform(disableHotList, svs);
    await until('the end of its alerts', () => !alerts(first));
    const by = 'Ada Cole';
    await until('why, on the car', () => first.hotlist.status()[0]?.removed !== null);
    expect(first.hotlist.status()).toMatchObject([
      { state: 'off', entries: 0, problem: null, removed: { by, from: 'headquarters' } },
    ]);
    const standing = () =>
      headquarters.status().units.find(({ unit }) => unit === 'unit-7')?.versions[0]?.standing;
    await until('what headquarters sees', () => standing() === 'withdrawn');
    expect(await perform(listVersionsOfList, svs)).toMatchObject([
      { version: 2, entries: 0, withdrawn: 'off', by, isKept: false },
      { version: 1, entries: 40, withdrawn: null, isKept: true },
    ]);
    const records = (database: string) =>
      department.rows<{ outcome: string }>(
        database,
        "SELECT outcome FROM record WHERE operation = 'hotlist.withdraw' ORDER BY seq",
      );
    await until('its record', () => records('../unit-7/audit.db').length === 2);
    expect(records('audit.db')).toEqual([{ outcome: 'started' }, { outcome: 'done' }]);
    expect(records('../unit-7/audit.db')).toEqual([{ outcome: 'started' }, { outcome: 'done' }]);

    await perform(enableHotList, svs);
    await until('its alerts again', () => alerts(first));
    expect(first.hotlist.status()).toMatchObject([{ entries: 40, removed: null }]);
    expect(await perform(listVersionsOfList, svs)).toMatchObject([
      { version: 3, entries: 40, withdrawn: null, by },
      { version: 2 },
      { version: 1 },
    ]);
    // It is the same once more: each time is a version of its own.
    await perform(disableHotList, svs);
    await until('the end of its alerts', () => !alerts(first));
    await perform(enableHotList, svs);
    await until('its alerts again', () => alerts(first));
    expect(await perform(listVersionsOfList, svs)).toHaveLength(5);
  });

  test('one that is deleted at headquarters is gone on a unit that was off for three versions, and comes back with the next import', async () => {
    const { perform, put, car } = await openBoth();
    const first = await car.start();
    await until('the list on the car', () => alerts(first));
    await first.stop();
    await put(41, 20);
    await perform(disableHotList, svs);
    await perform(enableHotList, svs);
    await perform(deleteHotList, svs);
    const newest = async () => (await perform(listVersionsOfList, svs))[0];
    await until('the withdrawal', async () => {
      const version = await newest();
      return version?.withdrawn === 'deleted' && version.publishedAt !== null;
    });
    const again = await car.start();
    await until('the end of its alerts', () => !alerts(again));
    await until('the word of it', () => again.hotlist.status()[0]?.state === 'off');
    await put(42, 10);
    await until('its alerts again', () => alerts(again));
    expect(again.hotlist.status()).toMatchObject([{ entries: 42, state: 'current' }]);
  });

  test('one that is deleted on a unit stays so when its manifest comes again, until headquarters has a newer version', async () => {
    const { department, headquarters, put, car } = await openBoth();
    const first = await car.start();
    await until('the list on the car', () => alerts(first));
    await until('its report', () => first.unit.uplink.health().lists?.[0]?.state === 'current');
    await first.hotlist.deleteList('svs', 'Bo Diaz');
    expect(first.hotlist.status()).toMatchObject([
      { state: 'empty', entries: 0, removed: { by: 'Bo Diaz', from: 'here' } },
    ]);
    expect(first.hotlist.status()[0]?.problem).toMatch(
      /^deleted by Bo Diaz, .*import a newer file/,
    );
    await first.stop();
    const state = () => headquarters.status().units.find(({ unit }) => unit === 'unit-7')?.state;
    await until('its end', () => state() === 'offline');
    const again = await car.start();
    // It tells that once it has subscribed, which brings the manifest.
    await until('its start', () => state() === 'online');
    await put(41, 20);
    await until('the newer version', again.has(41));
    expect(again.hotlist.status()).toMatchObject([{ state: 'current', removed: null }]);
    const begun = department.rows(
      '../unit-7/audit.db',
      "SELECT seq FROM record WHERE operation = 'hotlist.refresh' AND outcome = 'started'",
    );
    expect(begun).toHaveLength(2);
  });

  test('one that is switched off on a unit stays off over reconnects and newer versions', async () => {
    const { headquarters, put, car } = await openBoth();
    const first = await car.start();
    await until('the list on the car', () => alerts(first));
    first.hotlist.setEnabled('svs', false, 'Bo Diaz');
    expect(alerts(first)).toBe(false);
    await first.stop();
    await put(41, 20);
    const again = await car.start();
    await until('the newer version', again.has(41));
    expect(alerts(again)).toBe(false);
    const standing = () =>
      headquarters.status().units.find(({ unit }) => unit === 'unit-7')?.versions[0]?.standing;
    await until('what headquarters sees', () => standing() === 'off');
    again.hotlist.setEnabled('svs', true, 'Bo Diaz');
    expect(alerts(again)).toBe(true);
  });
});
