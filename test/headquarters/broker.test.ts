import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { beforeEach, describe, expect, test } from 'vitest';
import { programRoot } from '../../src/config/load.ts';
import { authorityFiles, renewOwn, revoke } from '../../src/headquarters/enrolment/authority.ts';
import {
  mosquittoRules,
  updateBrokerFiles,
} from '../../src/headquarters/enrolment/broker-files.ts';
import { signCertificate } from '../../src/headquarters/enrolment/sign-certificate.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { type ClientFiles, openAuthority, openEnrolledBroker } from './enrolled-broker.ts';

const up = (unit: string, rest: string) => `lookout/v1/test-pd/${unit}/${rest}`;

/** Topics and texts that a client receives. */
function heardBy(client: MqttClient): string[] {
  const heard: string[] = [];
  client.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
  return heard;
}

/** How a client is refused: the words of its error, or what it could do. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return `refused: ${(error as Error).message} ${String((error as { code?: unknown }).code)}`;
  }
}

const refused = expect.stringMatching(/^refused: /);

test('the rules for a broker set up by hand are those that headquarters writes', () => {
  const linesOf = (rules: string) => rules.split('\n').filter((line) => /^[a-z]/.test(line));
  const byHand = readFileSync(join(programRoot, 'config/broker/acl'), 'utf8');
  expect(linesOf(byHand)).toEqual(linesOf(mosquittoRules('example-pd')));
});

describe.skipIf(missingMosquitto !== null)(
  'the broker of headquarters, mosquitto (PRA-13)',
  { timeout: 60_000 },
  () => {
    let broker: Awaited<ReturnType<typeof openEnrolledBroker>>;
    beforeEach(async () => {
      broker = await openEnrolledBroker(temporaryFolder(), ['car-1', 'car-2']);
    });

    test('takes units and headquarters to their own topics', async () => {
      const unit = await broker.connect(broker.filesOf('car-1'));
      const headquarters = await broker.connect(broker.headquarters);
      const [below, above] = [heardBy(unit), heardBy(headquarters)];
      await headquarters.subscribeAsync('lookout/v1/test-pd/+/detection', { qos: 1 });
      const mine = ['ack', 'command', 'revoke', 'alert-status'].map((rest) => up('car-1', rest));
      await unit.subscribeAsync([...mine, up('all', 'agency/+/+')], { qos: 1 });
      await unit.publishAsync(up('car-1', 'detection'), 'seen', { qos: 1 });
      const told = [...mine, up('all', 'agency/hot-plate/1')];
      for (const topic of told) await headquarters.publishAsync(topic, 'told', { qos: 1 });
      await expect.poll(() => above).toEqual([`${up('car-1', 'detection')} seen`]);
      await expect.poll(() => below).toEqual(told.map((topic) => `${topic} told`));
    });

    test.for([
      up('car-2', 'detection'),
      up('car-2', 'status'),
      up('car-2', 'ack'),
      up('all', 'agency/hot-plate/1'),
      up('all', 'revoke'),
      up('headquarters', 'detection'),
      'lookout/v1/other-pd/car-1/detection',
      'lookout/v1/test-pd/detection',
      'lookout/v2/test-pd/car-1/detection',
      'car-1/detection',
      '$SYS/broker/uptime',
    ])('lets a unit write nothing to %s', async (topic) => {
      const unit = await broker.connect(broker.filesOf('car-1'));
      const headquarters = await broker.connect(broker.headquarters);
      const heard = heardBy(headquarters);
      await headquarters.subscribeAsync(['#'], { qos: 1 });
      const attempts = [1, 0].map((qos) =>
        outcome(unit.publishAsync(topic, 'forged', { qos: qos as 0 | 1, retain: true })),
      );
      expect((await Promise.all(attempts))[0]).toMatch(/^refused: .*135$/);
      await unit.publishAsync(up('car-1', 'detection'), 'seen', { qos: 1 });
      await expect.poll(() => heard).toEqual([`${up('car-1', 'detection')} seen`]);
    });

    test.for([
      '#',
      '+/+/+/+/+',
      'lookout/v1/test-pd/#',
      'lookout/v1/+/+/ack',
      up('car-2', 'ack'),
      up('car-2', '#'),
      up('+', 'detection'),
      '$share/group/lookout/v1/test-pd/#',
      'lookout/v1/other-pd/all/#',
      '$SYS/#',
    ])('lets a unit that subscribes to %s hear nothing of others', async (filter) => {
      const unit = await broker.connect(broker.filesOf('car-1'));
      const other = await broker.connect(broker.filesOf('car-2'));
      const headquarters = await broker.connect(broker.headquarters);
      const heard = heardBy(unit);
      await headquarters.publishAsync(up('car-2', 'command'), 'wipe', { qos: 1, retain: true });
      await outcome(unit.subscribeAsync(filter, { qos: 1 }));
      await outcome(unit.subscribeAsync(up('car-1', 'ack'), { qos: 1 }));
      await other.publishAsync(up('car-2', 'detection'), 'seen', { qos: 1 });
      await headquarters.publishAsync(up('car-2', 'ack'), 'for car-2', { qos: 1 });
      await headquarters.publishAsync(up('car-1', 'ack'), 'for car-1', { qos: 1 });
      await expect.poll(() => heard).toContain(`${up('car-1', 'ack')} for car-1`);
      expect(heard.filter((each) => each !== `${up('car-1', 'ack')} for car-1`)).toEqual([]);
    });

    test('gives no last will of a unit out under the topics of another', async () => {
      const headquarters = await broker.connect(broker.headquarters);
      const heard = heardBy(headquarters);
      await headquarters.subscribeAsync('lookout/v1/test-pd/#', { qos: 1 });
      const will = {
        topic: up('car-2', 'status'),
        payload: Buffer.from('offline'),
        qos: 1 as const,
      };
      const connecting = broker.connect(broker.filesOf('car-1'), { will });
      await connecting.then(
        (client) => client.stream.destroy(),
        () => undefined,
      );
      const unit = await broker.connect(broker.filesOf('car-1'));
      await unit.publishAsync(up('car-1', 'detection'), 'seen', { qos: 1 });
      await expect.poll(() => heard).toEqual([`${up('car-1', 'detection')} seen`]);
    });

    test('gives what waits for a unit to no other that takes its client id', async () => {
      const session = {
        clientId: 'lookout-car-2',
        clean: false,
        properties: { sessionExpiryInterval: 3600 },
      };
      const rightful = await broker.connect(broker.filesOf('car-2'), session);
      await rightful.subscribeAsync(up('car-2', 'ack'), { qos: 1 });
      await rightful.endAsync();
      const headquarters = await broker.connect(broker.headquarters);
      await headquarters.publishAsync(up('car-2', 'ack'), 'waits', { qos: 1 });
      const thief = await broker.connect(broker.filesOf('car-1'), session);
      const heard = heardBy(thief);
      await headquarters.publishAsync(up('car-2', 'ack'), 'comes', { qos: 1 });
      await thief.subscribeAsync(up('car-1', 'ack'), { qos: 1 });
      await headquarters.publishAsync(up('car-1', 'ack'), 'mine', { qos: 1 });
      await expect.poll(() => heard).toEqual([`${up('car-1', 'ack')} mine`]);
    });

    describe('connects nobody', () => {
      const attempt = (files: ClientFiles) => outcome(broker.connect(files));
      const authority = () => ({
        key: readFileSync(join(broker.place.folder, authorityFiles.key), 'utf8'),
        certificate: readFileSync(join(broker.place.folder, authorityFiles.certificate), 'utf8'),
      });
      const made = async (order: {
        use: 'broker' | 'client';
        fromMs?: number;
        untilMs?: number;
      }) => {
        const { use, fromMs = Date.now() - 60_000, untilMs = Date.now() + 60_000 } = order;
        const { key, certificate } = await signCertificate(
          { name: 'car-1', use, fromMs, untilMs },
          { folder: temporaryFolder(), authority: authority() },
        );
        return { key, cert: certificate };
      };

      test('without a certificate', async () => {
        expect(await attempt({})).toEqual(refused);
      });

      test('with a certificate that has ended, or does not hold yet', async () => {
        const hourMs = 3_600_000;
        const now = Date.now();
        const ended = { fromMs: now - 2 * hourMs, untilMs: now - hourMs };
        const early = { fromMs: now + hourMs, untilMs: now + 2 * hourMs };
        expect(await attempt(await made({ use: 'client' }))).toBe('accepted');
        expect(await attempt(await made({ use: 'client', ...ended }))).toEqual(refused);
        expect(await attempt(await made({ use: 'client', ...early }))).toEqual(refused);
      });

      test('with a certificate of another authority, also of one with the same names', async () => {
        const other = await openAuthority(temporaryFolder(), ['car-1']);
        expect(await attempt(other.filesOf('car-1'))).toEqual(refused);
      });

      test("with a broker's certificate", async () => {
        expect(await attempt(await made({ use: 'broker' }))).toEqual(refused);
      });

      test("with another's key", async () => {
        const files = { ...broker.filesOf('car-1'), key: broker.filesOf('car-2').key ?? '' };
        expect(await attempt(files)).toEqual(refused);
      });

      test('over plain TCP', async () => {
        const socket = connectTcp(broker.port, '127.0.0.1');
        const answered: Buffer[] = [];
        socket.on('data', (chunk) => answered.push(chunk));
        // CONNECT of MQTT 3.1.1 with a client id of two letters.
        socket.write(Buffer.from('100e00044d51545404020005000261 62'.replace(/ /g, ''), 'hex'));
        await new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
        // No CONNACK: at most an alert of TLS.
        expect(Buffer.concat(answered).at(0)).not.toBe(0x20);
      });

      test('with a certificate that is revoked, once it has read the list again', async () => {
        expect(await attempt(broker.filesOf('car-1'))).toBe('accepted');
        await revoke(broker.place, { name: 'car-1', keepNewest: false });
        await updateBrokerFiles(broker.place);
        await broker.reload();
        expect(await attempt(broker.filesOf('car-1'))).toEqual(refused);
        expect(await attempt(broker.filesOf('car-2'))).toBe('accepted');
        await revoke(broker.place, { name: 'car-2', keepNewest: false });
        await updateBrokerFiles(broker.place);
        await broker.reload();
        expect(await attempt(broker.filesOf('car-2'))).toEqual(refused);
        await broker.restart();
        expect(await attempt(broker.filesOf('car-1'))).toEqual(refused);
        expect(await attempt(broker.headquarters)).toBe('accepted');
      });
    });

    test('a unit that is revoked while it is connected writes and hears no more', async () => {
      const unit = await broker.connect(broker.filesOf('car-1'));
      const other = await broker.connect(broker.filesOf('car-2'));
      const headquarters = await broker.connect(broker.headquarters);
      const [above, below] = [heardBy(headquarters), heardBy(unit)];
      await headquarters.subscribeAsync('lookout/v1/test-pd/+/detection', { qos: 1 });
      await unit.subscribeAsync([up('car-1', 'ack'), up('all', '#')], { qos: 1 });
      await revoke(broker.place, { name: 'car-1', keepNewest: false });
      await updateBrokerFiles(broker.place);
      await broker.reload();
      expect(
        await outcome(unit.publishAsync(up('car-1', 'detection'), 'late', { qos: 1 })),
      ).toEqual(refused);
      await headquarters.publishAsync(up('car-1', 'ack'), 'late', { qos: 1 });
      await headquarters.publishAsync(up('all', 'revoke'), 'late', { qos: 1 });
      await other.publishAsync(up('car-2', 'detection'), 'seen', { qos: 1 });
      await expect.poll(() => above).toEqual([`${up('car-2', 'detection')} seen`]);
      expect(below).toEqual([]);
    });

    test('a renewed certificate goes, and the old one too, until it is revoked', async () => {
      const old = broker.filesOf('car-1');
      const renewed = await broker.enrol('car-1', {
        again: true,
        out: join(temporaryFolder(), 'car-1'),
      });
      const connects = (files: ClientFiles) => outcome(broker.connect(files));
      expect([await connects(old), await connects(renewed)]).toEqual(['accepted', 'accepted']);
      await revoke(broker.place, { name: 'car-1', keepNewest: true });
      await updateBrokerFiles(broker.place);
      await broker.restart();
      expect([await connects(old), await connects(renewed)]).toEqual([refused, 'accepted']);
      const unit = await broker.connect(renewed);
      await unit.publishAsync(up('car-1', 'detection'), 'seen', { qos: 1 });
    });

    test('a unit that was revoked and is enrolled anew may write again', async () => {
      await revoke(broker.place, { name: 'car-1', keepNewest: false });
      const files = await broker.enrol('car-1', {
        again: true,
        out: join(temporaryFolder(), 'car-1'),
      });
      await updateBrokerFiles(broker.place);
      await broker.restart();
      const unit = await broker.connect(files);
      await unit.publishAsync(up('car-1', 'detection'), 'seen', { qos: 1 });
    });

    test('the renewed certificates of headquarters and the broker work, and the old ones go on', async () => {
      await renewOwn(broker.place, undefined);
      const pem = readFileSync(join(broker.place.folder, authorityFiles.headquarters), 'utf8');
      expect(pem).not.toBe(broker.headquarters.cert);
      const renewed = { cert: pem, key: pem };
      const connects = (files: ClientFiles) => outcome(broker.connect(files));
      expect(await Promise.all([connects(renewed), connects(broker.headquarters)])).toEqual([
        'accepted',
        'accepted',
      ]);
    });
  },
);
