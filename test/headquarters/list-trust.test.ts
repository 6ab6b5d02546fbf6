import { generateKeyPairSync } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { importHotList } from '../../src/accountability/lists/operations.ts';
import {
  beginRotation,
  publicKeysPem,
  rotationState,
  switchKey,
} from '../../src/headquarters/enrolment/signing-keys.ts';
import { signManifest } from '../../src/uplink/manifest-signature.ts';
import { type Manifest, manifestSchema } from '../../src/uplink/messages.ts';
import { chunkTopic, manifestTopic } from '../../src/uplink/topics.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, logInAda, openDepartment } from './department.ts';
import { lists, minutesAgo, openCar, platesFrom, slow, sourceFile } from './list-car.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

type Department = Awaited<ReturnType<typeof openDepartment>>;

const topic = manifestTopic('test-pd', 'svs');

/** Someone who may publish what headquarters may, and does not have its key. */
async function openIntruder({ mosquitto }: Department) {
  const { ca, cert, key } = mosquitto.credentials('headquarters');
  const client = await mqtt.connectAsync(mosquitto.broker, {
    ...{ ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) },
    clientId: 'intruder',
  });
  onTestFinished(() => client.endAsync());
  let latest: Manifest | null = null;
  client.on('message', (_topic, payload) => {
    latest = manifestSchema.parse(JSON.parse(payload.toString()));
  });
  await client.subscribeAsync(topic, { qos: 1 });
  return {
    /** The manifest that the broker holds, once it is of so many entries. */
    manifest: (entries: number) =>
      waitFor(() => (latest?.entries === entries ? latest : null), { ...slow, what: 'a manifest' }),
    publish: (to: string, payload: string) =>
      client.publishAsync(to, payload, { qos: 1, retain: true }),
  };
}

describe.skipIf(missingMosquitto)('manifests of hot lists', { timeout: 600_000 }, () => {
  test('a unit that knows headquarters’ key takes what it signed, and nothing else', async () => {
    const department = await openDepartment({ lists });
    const { headquarters, stop } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const keyFile = join(department.dataDir, 'headquarters.pub');
    const car = await openCar(department, { keyFile }).start();
    const intruder = await openIntruder(department);
    const put = (count: number, minutes: number) => {
      const content = sourceFile(platesFrom(100, count));
      return perform(importHotList, { list: 'svs', asOf: minutesAgo(minutes), content });
    };
    await put(40, 20);
    const older = await intruder.manifest(40);
    await waitFor(car.has(40), { ...slow, what: 'the first version' });
    await put(41, 10);
    const good = await intruder.manifest(41);
    await waitFor(car.has(41), { ...slow, what: 'the second version' });
    // It would mend what others publish.
    await stop();

    const { signature: _, ...unsigned } = good;
    const sequence = (good.sequence ?? 0) + 1;
    const { privateKey } = generateKeyPairSync('ed25519');
    const next = { ...unsigned, agency: 'test-pd', version: 'forged', sequence };
    const problem = () => car.unit.uplink.health().problem ?? '';
    const offers: [what: object, words: string][] = [
      [{ ...good, version: 'forged' }, 'has not signed it'],
      [older, 'a newer one was taken before'],
      [{ ...unsigned, version: 'forged' }, 'has not signed it'],
      [older, 'a newer one was taken before'],
      [signManifest(next, privateKey), 'has not signed it'],
    ];
    for (const [offer, words] of offers) {
      await intruder.publish(topic, JSON.stringify(offer));
      await waitFor(() => problem().includes(words), { ...slow, what: words });
    }
    expect(problem()).toContain('The list in use stays.');
    expect(car.hotlist.status()[0]?.entries).toBe(41);
    expect(car.unit.uplink.health().lists).toMatchObject([
      { state: 'current', version: good.version },
    ]);
    // Also after a start, when the broker gives out what it holds.
    await intruder.publish(topic, JSON.stringify(older));
    await car.stop();
    const again = await openCar(department, { keyFile }).start();
    const problemAgain = () => again.unit.uplink.health().problem ?? '';
    await waitFor(() => problemAgain().includes('a newer one'), { ...slow, what: 'the refusal' });
    await department.startHeadquarters();
    await waitFor(() => again.unit.uplink.health().problem === null, {
      ...slow,
      what: 'the manifest that headquarters puts in its place',
    });
    expect(again.hotlist.status()[0]?.entries).toBe(41);
  });

  test('headquarters that is put back from a backup takes no newer list from the units, says so, and goes on with the next', async () => {
    const department = await openDepartment({ lists });
    const { dataDir, folder } = department;
    const keyFile = join(folder, 'headquarters.pub');
    let running = await department.startHeadquarters();
    const perform = await asAda(running.headquarters);
    const put = (count: number, minutes: number) => {
      const content = sourceFile(platesFrom(100, count));
      return perform(importHotList, { list: 'svs', asOf: minutesAgo(minutes), content });
    };
    cpSync(join(dataDir, 'headquarters.pub'), keyFile);
    const car = await openCar(department, { keyFile }).start();
    await put(40, 30);
    await waitFor(car.has(40), { ...slow, what: 'the first version' });
    await running.stop();
    cpSync(dataDir, `${dataDir}-backup`, { recursive: true });
    running = await department.startHeadquarters();
    const { gate, hotlist } = running.headquarters.accountability;
    const token = await logInAda(running.headquarters);
    const content = sourceFile(platesFrom(100, 41));
    await gate.perform({
      ...{ token, from: 'page 127.0.0.1', operation: 'hotlist.import' },
      input: { list: 'svs', asOf: minutesAgo(20), content },
    });
    expect(hotlist.status()[0]?.entries).toBe(41);
    await waitFor(car.has(41), { ...slow, what: 'the second version' });
    await running.stop();
    rmSync(dataDir, { recursive: true });
    renameSync(`${dataDir}-backup`, dataDir);

    running = await department.startHeadquarters();
    const { headquarters } = running;
    const problem = () =>
      headquarters.status().problems.find((each) => /put back from a backup/.test(each));
    await waitFor(() => problem() !== undefined, { ...slow, what: 'the problem' });
    expect(car.hotlist.status()[0]?.entries).toBe(41);
    expect(car.unit.uplink.health().problem).toBeNull();
    await headquarters.accountability.gate.perform({
      ...{ token: await logInAda(headquarters), from: 'page 127.0.0.1' },
      ...{ operation: 'hotlist.import' },
      input: { list: 'svs', asOf: minutesAgo(10), content: sourceFile(platesFrom(100, 42)) },
    });
    await waitFor(car.has(42), { ...slow, what: 'the next version' });
    await waitFor(() => problem() === undefined, { ...slow, what: 'the end of the problem' });
  });

  test('the key that signs is changed: manifests are signed anew, and a unit that knows the new key alone takes them', async () => {
    const department = await openDepartment({ lists });
    const first = await department.startHeadquarters();
    const perform = await asAda(first.headquarters);
    const { dataDir, folder } = department;
    const keyFile = join(folder, 'both.pub');
    beginRotation(dataDir);
    writeFileSync(keyFile, publicKeysPem(dataDir));
    const car = await openCar(department, { keyFile }).start();
    const content = sourceFile(platesFrom(100, 40));
    await perform(importHotList, { list: 'svs', asOf: minutesAgo(20), content });
    await waitFor(car.has(40), { ...slow, what: 'the list signed by the old key' });
    await first.stop();
    switchKey(dataDir);
    await department.startHeadquarters();
    await waitFor(() => rotationState(dataDir) === 'signed', { ...slow, what: 'all signed anew' });
    const newKey = join(folder, 'new.pub');
    const [only = ''] = publicKeysPem(dataDir).split(/(?<=-----END PUBLIC KEY-----\n)/);
    writeFileSync(newKey, only);
    const other = await openCar(department, { id: 'unit-8', keyFile: newKey }).start();
    await waitFor(other.has(40), { ...slow, what: 'the list signed by the new key' });
    expect(car.unit.uplink.health().problem).toBeNull();
  });

  test('a unit that holds the version before needs the difference alone, and the whole where that does not do', async () => {
    const department = await openDepartment({ lists });
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const intruder = await openIntruder(department);
    const opened = openCar(department, {});
    const put = (first: number, count: number, minutes: number) => {
      const content = sourceFile(platesFrom(first, count));
      return perform(importHotList, { list: 'svs', asOf: minutesAgo(minutes), content });
    };
    await put(1000, 400, 30);
    const car = await opened.start();
    await waitFor(car.has(400), { ...slow, what: 'the first version' });
    await waitFor(() => keptFiles(opened.dataDir).length === 1, { ...slow, what: 'its file' });
    await car.stop();

    await put(1001, 401, 20);
    const second = await intruder.manifest(401);
    if (second.delta === undefined) throw new Error('no difference was published');
    expect(second.delta.bytes).toBeLessThan(second.bytes / 10);
    // Without its first part nobody gets the file itself.
    await intruder.publish(chunkTopic('test-pd', 'svs', second.sha256, 0), '');
    const withDelta = await opened.start();
    await waitFor(withDelta.has(401), { ...slow, what: 'the second version by its difference' });
    expect(withDelta.plates()).not.toContain('7ABC1000');
    expect(withDelta.plates()).toContain('7ABC1401');
    await waitFor(() => keptFiles(opened.dataDir).some((name) => name.includes(second.sha256)), {
      ...slow,
      what: 'the file of the second version',
    });
    await withDelta.stop();

    await put(1002, 402, 10);
    const third = await intruder.manifest(402);
    expect(third.delta?.from).toBe(second.sha256);
    // As a power cut may leave it.
    for (const name of keptFiles(opened.dataDir)) {
      writeFileSync(join(opened.dataDir, 'hotlist-refresh', name), 'plate\n');
    }
    const withWhole = await opened.start();
    await waitFor(withWhole.has(402), { ...slow, what: 'the third version, whole' });
    await waitFor(() => keptFiles(opened.dataDir).some((name) => name.includes(third.sha256)), {
      ...slow,
      what: 'the file of the third version',
    });
    await withWhole.stop();
    // What is deleted on the unit is not kept beside it either. With a link the list would come again.
    const apart = await opened.start({ connects: false });
    await apart.hotlist.deleteList('svs', 'Bo Diaz');
    await apart.stop();
    const last = await opened.start({ connects: false });
    expect(keptFiles(opened.dataDir)).toEqual([]);
    await last.stop();
  });
});

function keptFiles(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'hotlist-refresh')).filter((name) => name.endsWith('.entries'));
}
