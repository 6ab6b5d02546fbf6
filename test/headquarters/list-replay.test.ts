import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { disableHotList } from '../../src/accountability/lists/operations.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { createHeadquarters } from '../../src/headquarters/headquarters.ts';
import { createLog } from '../../src/platform/log.ts';
import { manifestTopic } from '../../src/uplink/topics.ts';
import { startLookout } from '../support/lookout-process.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';
import { lists, openCar, putList, slow } from './list-car.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

type Department = Awaited<ReturnType<typeof openDepartment>>;
type Car = Awaited<ReturnType<ReturnType<typeof openCar>['start']>>;

const topic = manifestTopic('test-pd', 'svs');
const until = (what: string, probe: () => unknown) => waitFor(probe, { ...slow, what });
const alerts = ({ hotlist }: Car): boolean =>
  hotlist.match({ plate: '7ABC100', characters: [], alternatives: [], state: null }).length > 0;

/** Someone who may publish what headquarters may, and has kept everything that it published of its lists. */
async function openRecorder({ mosquitto }: Department) {
  const { ca, cert, key } = mosquitto.credentials('headquarters');
  const client = await mqtt.connectAsync(mosquitto.broker, {
    ...{ ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) },
    clientId: 'recorder',
  });
  onTestFinished(() => client.endAsync());
  const kept = new Map<string, Buffer>();
  let shown = '';
  let isRecording = true;
  client.on('message', (of, payload) => {
    if (of === topic) shown = payload.toString();
    if (isRecording) kept.set(of, payload);
  });
  await client.subscribeAsync('lookout/v1/test-pd/all/hotlist/#', { qos: 1 });
  return {
    /** Whether the list is in force by what the broker holds. */
    isInForce: () => shown !== '' && !shown.includes('"withdrawn"'),
    stopRecording() {
      isRecording = false;
      return kept.size;
    },
    async playBack() {
      for (const [of, payload] of kept) {
        await client.publishAsync(of, payload, { qos: 1, retain: true });
      }
    },
  };
}

/** Headquarters with this configuration, in this process. */
async function startOn(config: Config) {
  const headquarters = await createHeadquarters(config, createLog({ level: 'silent' }));
  onTestFinished(() => headquarters[Symbol.asyncDispose]());
  await headquarters.start();
  return headquarters;
}

describe.skipIf(missingMosquitto)('a hot list that is taken back', { timeout: 600_000 }, () => {
  /** Headquarters with a list in force on a car that knows its key, and all that it published of it. */
  async function openAll() {
    const department = await openDepartment({ lists });
    const running = await department.startHeadquarters();
    const perform = await asAda(running.headquarters);
    const keyFile = join(department.folder, 'headquarters.pub');
    cpSync(join(department.dataDir, 'headquarters.pub'), keyFile);
    const recorder = await openRecorder(department);
    const car = openCar(department, { keyFile });
    const started = await car.start();
    await putList(perform, 40, 30);
    await until('the list on the car', () => alerts(started));
    await until('the manifest', recorder.isInForce);
    expect(recorder.stopRecording()).toBe(2);
    return { department, running, perform, recorder, car, started };
  }

  test('PRA-15: it does not alert again on a unit that lost the folder of its downloads, when its old manifest is played back', async () => {
    const { department, running, perform, recorder, car, started } = await openAll();
    await perform(disableHotList, { list: 'svs' });
    await until('the end of its alerts', () => !alerts(started));
    await until('the withdrawal at the broker', () => !recorder.isInForce());
    await started.stop();
    await running.stop();
    // A backup has no such folder.
    rmSync(join(car.dataDir, 'hotlist-refresh'), { recursive: true });
    await recorder.playBack();
    const again = await car.start();
    const problem = () => again.unit.uplink.health().problem ?? '';
    await until('the refusal', () => problem().includes('a newer one was taken before'));
    expect(alerts(again)).toBe(false);
    expect(again.hotlist.status()).toMatchObject([{ entries: 0, removed: { by: 'Ada Cole' } }]);
    // Headquarters puts its own in the place of what was played back.
    await department.startHeadquarters();
    await until('the withdrawal at the broker', () => !recorder.isInForce());
    await until('the end of the problem', () => problem() === '');
    expect(alerts(again)).toBe(false);
  });

  test('it ends on every unit although headquarters is killed while it takes it back', async () => {
    const { department, running, recorder, started } = await openAll();
    await running.stop();
    const { folder, dataDir } = department;
    // Headquarters begins to take it back at its start.
    const [list] = lists;
    const config = configSchema.parse({
      ...department.configOf(dataDir),
      hotlist: { lists: [{ ...list, enabled: false }] },
    });
    const file = join(folder, 'headquarters.yaml');
    writeFileSync(file, JSON.stringify(config));
    const counts = (database: string, sql: string) =>
      department.rows<{ found: number }>(database, `SELECT count(*) AS found FROM ${sql}`)[0]
        ?.found;
    const withdrawals = () => counts('lookout.db', 'list_version WHERE withdrawn IS NOT NULL');
    const killed = startLookout(['headquarters', 'run', '--config', file]);
    await waitFor(
      () => {
        if (killed.child.exitCode !== null) throw new Error(killed.output.stderr);
        return withdrawals() === 1;
      },
      { ...slow, what: 'the version that takes it back', everyMs: 2 },
    );
    killed.child.kill('SIGKILL');
    await killed.ended;
    let headquarters = await startOn(config);
    await until('the end of its alerts', () => !alerts(started));
    await until('the withdrawal at the broker', () => !recorder.isInForce());
    await headquarters[Symbol.asyncDispose]();
    // Its old manifest, played back while headquarters is down, is refused.
    await recorder.playBack();
    const problem = () => started.unit.uplink.health().problem ?? '';
    await until('the refusal', () => problem().includes('a newer one was taken before'));
    expect(alerts(started)).toBe(false);
    headquarters = await startOn(config);
    await until('the withdrawal at the broker', () => !recorder.isInForce());
    await until('the end of the problem', () => problem() === '');
    expect(alerts(started)).toBe(false);
    expect(withdrawals()).toBe(1);
  });
});
