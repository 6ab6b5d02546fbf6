import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  checkHotListFile,
  importHotList,
  listVersionsOfList,
  rollBackHotList,
} from '../../src/accountability/lists/operations.ts';
import { hotlistSection } from '../../src/config/sections/hotlist.ts';
import { createHotlist } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { openCountingWay } from '../support/counting-way.ts';
import { startLookout, untilReady } from '../support/lookout-process.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';
import { lists, minutesAgo, openCar, platesFrom, slow, sourceFile } from './list-car.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

describe.skipIf(missingMosquitto)('hot lists at headquarters', { timeout: 600_000 }, () => {
  test('HOT-2: what is imported there is on every unit, whatever the units know of its source', async () => {
    const department = await openDepartment({ lists });
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const car = await openCar(department).start();
    const asOf = minutesAgo(10);
    const file = { list: 'svs', asOf, content: sourceFile(platesFrom(100, 40)) };
    // A dry run alone reaches nobody.
    expect(await perform(checkHotListFile, file)).toMatchObject({ entries: 40, refusal: null });
    expect(await perform(listVersionsOfList, { list: 'svs' })).toEqual([]);
    await perform(importHotList, file);
    await waitFor(car.has(40), { ...slow, what: 'the list on the car' });
    expect(car.hotlist.status()[0]).toMatchObject({ asOf, problem: null });
    const [entry] = car.hotlist.entries('svs', { offset: 0, limit: 1 });
    expect(entry).toMatchObject({ plate: '7ABC100', reason: 'Stolen, "blue"' });
    expect(await perform(listVersionsOfList, { list: 'svs' })).toMatchObject([
      { version: 1, entries: 40, asOf, by: 'Ada Cole', publishedAt: expect.any(String) },
    ]);

    const versions = () =>
      headquarters.status().units.find(({ unit }) => unit === 'unit-7')?.versions;
    await waitFor(() => versions()?.[0]?.version === 1, {
      ...slow,
      what: 'the version of the car',
    });
    expect(versions()).toMatchObject([
      { list: 'svs', standing: 'current', since: car.hotlist.status()[0]?.importedAt },
    ]);

    // The guard decides once, at headquarters: what a person there insists on reaches the units.
    const few = { list: 'svs', asOf: minutesAgo(5), content: sourceFile(platesFrom(100, 3)) };
    await expect(perform(importHotList, few)).rejects.toThrow('fewer');
    await perform(importHotList, { ...few, force: true });
    await waitFor(car.has(3), { ...slow, what: 'the short list on the car' });
    const published = department.rows<{ outcome: string }>(
      'audit.db',
      "SELECT outcome FROM record WHERE operation = 'hotlist.publish' ORDER BY seq",
    );
    expect(published.map(({ outcome }) => outcome)).toEqual(['started', 'done', 'started', 'done']);
  });

  test('what is imported while headquarters does not run, or has no link, goes to the units once it has', async () => {
    const department = await openDepartment({ lists });
    const first = await department.startHeadquarters();
    const perform = await asAda(first.headquarters);
    await department.mosquitto.stop();
    await waitFor(() => !first.headquarters.status().broker.connected, { what: 'the loss' });
    const content = sourceFile(platesFrom(100, 40));
    await perform(importHotList, { list: 'svs', asOf: minutesAgo(10), content });
    expect(await perform(listVersionsOfList, { list: 'svs' })).not.toMatchObject([
      { publishedAt: expect.any(String) },
    ]);
    await first.stop();
    // By a command, which has the databases alone.
    const hotlist = createHotlist({
      path: join(department.dataDir, 'hotlist.db'),
      config: hotlistSection.parse({ lists }),
      log: createLog({ level: 'silent' }),
      maintain: false,
    });
    const file = join(department.folder, 'newer.csv');
    writeFileSync(file, Buffer.from(sourceFile(platesFrom(100, 41)), 'base64'));
    await hotlist.importFile({ listId: 'svs', file, asOf: minutesAgo(5), by: 'Ada Cole' });
    await hotlist[Symbol.asyncDispose]();
    await department.mosquitto.start();
    await department.startHeadquarters();
    const car = await openCar(department).start();
    await waitFor(car.has(41), { ...slow, what: 'the newest list on the car' });
  });

  test('a broker that lost everything gets the list again, and the units from it', async () => {
    const department = await openDepartment({ lists, persistent: false });
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const content = sourceFile(platesFrom(100, 40));
    await perform(importHotList, { list: 'svs', asOf: minutesAgo(10), content });
    const publishedAt = async () =>
      (await perform(listVersionsOfList, { list: 'svs' }))[0]?.publishedAt;
    await waitFor(async () => (await publishedAt()) != null, { ...slow, what: 'the publication' });
    await department.mosquitto.stop('SIGKILL');
    await department.mosquitto.start();
    const car = await openCar(department).start();
    await waitFor(car.has(40), { ...slow, what: 'the list on the car' });
    // It is the same version, published once.
    expect(await perform(listVersionsOfList, { list: 'svs' })).toHaveLength(1);
  });

  test('an earlier version is put in force again with a reason, as a new version on every unit', async () => {
    const department = await openDepartment({ lists });
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const car = await openCar(department).start();
    const asOf = minutesAgo(20);
    const first = { list: 'svs', asOf, content: sourceFile(platesFrom(100, 40)) };
    await perform(importHotList, first);
    await waitFor(car.has(40), { ...slow, what: 'the first version on the car' });
    const wrong = { list: 'svs', asOf: minutesAgo(5), content: sourceFile(platesFrom(500, 41)) };
    await perform(importHotList, wrong);
    await waitFor(car.has(41), { ...slow, what: 'the second version on the car' });
    const back = { list: 'svs', version: 1, reason: 'The vendor sent another county.' };
    await expect(perform(rollBackHotList, { ...back, version: 2 })).rejects.toThrow('in force');
    await expect(perform(rollBackHotList, { ...back, version: 7 })).rejects.toThrow('no version 7');
    await perform(rollBackHotList, back);
    await waitFor(car.has(40), { ...slow, what: 'the first version on the car again' });
    expect(car.plates()).toContain('7ABC100');
    expect(car.hotlist.status()[0]).toMatchObject({ asOf });
    const versions = await perform(listVersionsOfList, { list: 'svs' });
    expect(versions).toMatchObject([
      { version: 3, entries: 40, asOf, note: `version 1 again: ${back.reason}`, by: 'Ada Cole' },
      { version: 2 },
      { version: 1 },
    ]);
    const [record] = department.rows<{ body: string }>(
      'audit.db',
      "SELECT body FROM record WHERE operation = 'hotlist.roll-back' AND outcome = 'done'",
    );
    expect(record?.body).toContain(back.reason);
  });

  test('headquarters killed amid the parts of a list: units keep the version before, and get the new one after its start', async () => {
    const department = await openDepartment({ lists });
    const { broker, credentials } = department.mosquitto;
    const config = hotlistSection.parse({ lists });
    /** As a command imports it. */
    const put = async (count: number, asOf: string) => {
      const hotlist = createHotlist({
        ...{ path: join(department.dataDir, 'hotlist.db'), config, maintain: false },
        log: createLog({ level: 'silent' }),
      });
      const file = join(department.folder, `${count}.csv`);
      writeFileSync(file, Buffer.from(sourceFile(platesFrom(100_000, count)), 'base64'));
      await hotlist.importFile({ listId: 'svs', file, asOf, force: true });
      await hotlist[Symbol.asyncDispose]();
    };
    const way = await openCountingWay(Number(new URL(broker).port));
    const file = join(department.folder, 'headquarters.yaml');
    writeFileSync(
      file,
      JSON.stringify({
        unit: {
          ...{ agency: 'test-pd', id: 'headquarters', mode: 'headquarters' },
          dataDir: department.dataDir,
        },
        uplink: {
          broker: `mqtts://127.0.0.1:${way.port}`,
          ...{ tls: credentials('headquarters'), reconnectMaxS: 1 },
        },
        ...{ policy: { profile: 'vallejo' }, hotlist: { lists } },
        ...{ console: { enabled: false }, metrics: { enabled: false } },
      }),
    );
    const run = async () => {
      const running = startLookout(['headquarters', 'run', '--config', file]);
      await untilReady(running, 120_000);
      return running;
    };
    mkdirSync(department.dataDir, { recursive: true });
    await put(40, minutesAgo(20));
    const car = await openCar(department).start();
    const first = await run();
    await waitFor(car.has(40), { ...slow, what: 'the first version on the car' });
    // About three megabytes, of which half a megabyte reaches the broker.
    way.letThrough(500_000);
    await put(40_000, minutesAgo(10));
    await waitFor(way.holds, { ...slow, what: 'the middle of the publication' });
    first.child.kill('SIGKILL');
    await first.ended;
    way.letThrough(Number.POSITIVE_INFINITY);
    expect(car.unit.uplink.health().lists).toMatchObject([{ state: 'current', entries: 40 }]);
    await run();
    await waitFor(car.has(40_000), { timeoutMs: 120_000, what: 'the new version on the car' });
    expect(
      department.rows<{ number: number }>(
        'lookout.db',
        'SELECT number FROM list_version WHERE published_ms IS NOT NULL ORDER BY number',
      ),
    ).toEqual([{ number: 1 }, { number: 2 }]);
  });
});
