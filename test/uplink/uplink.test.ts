import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { uplinkSection } from '../../src/config/sections/uplink.ts';
import { createLog } from '../../src/platform/log.ts';
import { createLink } from '../../src/uplink/link.ts';
import { unitTopic } from '../../src/uplink/topics.ts';
import type { TrackImages } from '../../src/vision/tracking/track-report.ts';
import { waitingOf } from '../records/open-records.ts';
import {
  noImages,
  sampleDetection,
  sampleHit,
  sampleImage,
  sampleImages,
} from '../records/samples.ts';
import { tellSeconds } from '../support/tell-seconds.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Credentials, missingMosquitto, openMosquitto } from './mosquitto.ts';
import { openHeadquarters } from './open-headquarters.ts';
import { openUnit } from './open-unit.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

// A busy machine takes its time; alone, each of these takes a second or two.
describe.skipIf(missingMosquitto)('against mosquitto with mutual TLS', { timeout: 180_000 }, () => {
  /** A broker, a headquarters and a unit, wired with certificates. */
  async function openAll(options: { persistent?: boolean } = {}) {
    const folder = temporaryFolder();
    const mosquitto = await openMosquitto(folder, options);
    const { broker, credentials } = mosquitto;
    const hq = () => openHeadquarters(folder, { broker, tls: credentials('headquarters') });
    const unitConfig = { broker, tls: credentials('unit-7') };
    return { folder, mosquitto, broker, credentials, hq, unitConfig };
  }
  /** Stores closed detections, each of another vehicle. */
  const storeMany = (unit: ReturnType<typeof openUnit>, count: number, images: TrackImages) =>
    Promise.all(
      Array.from({ length: count }, () =>
        unit.records.storeDetection({ detection: sampleDetection({ closed: true }), images }),
      ),
    );
  const empty = (unit: ReturnType<typeof openUnit>) =>
    waitFor(() => unit.outbox.status().waiting === 0, {
      timeoutMs: 60_000,
      what: 'an empty outbox',
    });

  test('headquarters tells a unit that has nothing to send what time it is', async () => {
    const { folder, broker, credentials, unitConfig } = await openAll();
    const aheadMs = 1096 * 86_400_000;
    const unit = openUnit(folder, unitConfig);
    await unit.uplink.start();
    expect(unit.uplink.clockOffsetMs()).toBeNull();
    const clock = () => Date.now() + aheadMs;
    await openHeadquarters(folder, { broker, tls: credentials('headquarters'), clock });
    await waitFor(() => unit.uplink.health().connected, { what: 'the link' });
    await waitFor(() => unit.uplink.clockOffsetMs() !== null, {
      timeoutMs: 60_000,
      what: 'the answer to the next health message',
    });
    expect((unit.uplink.clockOffsetMs() ?? 0) / aheadMs).toBeCloseTo(1, 3);
  });

  test('hit, detection and images arrive whole over MQTT 5, and the outbox is empty (DSP-3, CAP-10)', async () => {
    const { folder, hq, unitConfig } = await openAll();
    const { headquarters } = await hq();
    // However long headquarters takes to store it, nothing is sent twice.
    const unit = openUnit(folder, { ...unitConfig, resendAfterS: 600 });
    await unit.uplink.start();
    const detection = sampleDetection();
    const hit = sampleHit(detection);
    const images = await sampleImages(1);
    await unit.records.storeHits({ hits: [hit], detection, images });
    await unit.records.storeDetection({ detection: { ...detection, closed: true }, images });
    await empty(unit);
    expect(unit.uplink.health()).toMatchObject({
      protocol: '5',
      problem: null,
      lost: 0,
      resent: 0,
    });
    expect(headquarters.counts).toMatchObject({
      detections: 1,
      hits: 1,
      images: 3,
      repeats: 0,
      refused: 0,
    });

    const db = new SQLite(join(folder, 'headquarters', 'headquarters.db'), { readonly: true });
    expect(JSON.parse(db.prepare('SELECT body FROM hit').pluck().get() as string)).toEqual(hit);
    const rows = db.prepare('SELECT sha256, file FROM image').all() as {
      sha256: string;
      file: string;
    }[];
    db.close();
    for (const { sha256, file } of rows) {
      const jpeg = readFileSync(join(folder, 'headquarters', file));
      expect(createHash('sha256').update(jpeg).digest('hex')).toBe(sha256);
    }
  });

  test.each<{
    fault: string;
    files: (own: Credentials, other: Credentials, folder: string) => Partial<Credentials>;
    host?: string;
    problem: RegExp;
  }>([
    {
      fault: 'no certificate',
      files: ({ ca }) => ({ ca }),
      problem: /: the broker wants a certificate of this unit\. Put unit\.pem and unit\.key into/,
    },
    {
      fault: 'a certificate of another authority',
      files: ({ ca }, other) => ({ ...other, ca }),
      problem: /: the broker does not accept this unit's certificate\. It must be signed by/,
    },
    {
      fault: 'the key of another certificate',
      files: (own, other) => ({ ...own, key: other.key }),
      problem: /: This unit's key \(.*unit-7\.key\) does not belong to its certificate\. Put/,
    },
    {
      fault: 'a file that is no certificate',
      files: (own, _, folder) => {
        const cert = join(folder, 'unit.pem');
        writeFileSync(cert, 'no certificate\n');
        return { ...own, cert };
      },
      problem: /: This unit's certificate \(.*unit\.pem\) is not a certificate\. It must be a PEM/,
    },
    {
      fault: 'the authority of another broker',
      files: (own, other) => ({ ...own, ca: other.ca }),
      problem:
        /: the broker's certificate is not signed by the authority that this unit has\. Put .*ca\.pem/,
    },
    {
      fault: 'a name of the broker that its certificate has not',
      files: (own) => own,
      host: '127.0.0.2',
      problem:
        /: the broker's certificate is for 127\.0\.0\.1, localhost, not for 127\.0\.0\.2\. Write one of/,
    },
  ])('$fault is told in plain words, and nothing is sent', async ({ files, host, problem }) => {
    const folder = temporaryFolder();
    const { broker, credentials } = await openMosquitto(folder, { anyAddress: true });
    const other = await openMosquitto(join(folder, 'other'), { start: false });
    const unit = openUnit(folder, {
      broker: host === undefined ? broker : broker.replace('127.0.0.1', host),
      tls: files(credentials('unit-7'), other.credentials('unit-7'), folder),
    });
    await unit.uplink.start();
    const told = await waitFor(
      () => [unit.uplink.health().problem].find((said) => said?.includes(': ')),
      { what: 'a problem' },
    );
    expect(told).toMatch(problem);
    expect(told).not.toMatch(/\n|openssl|error:/);
    expect(unit.uplink.health().connected).toBe(false);
  });

  test.each(['5', '3.1.1'] as const)(
    'two units with one id over MQTT %s are told of each other, and nothing is lost',
    async (protocol) => {
      const { folder, unitConfig, hq } = await openAll();
      const { headquarters, arrived } = await hq();
      const twins = ['one', 'two'].map((name) =>
        openUnit(join(folder, name), { ...unitConfig, protocol }),
      );
      for (const { uplink, records } of twins) {
        await records.storeDetection({
          detection: sampleDetection({ closed: true }),
          images: noImages,
        });
        await uplink.start();
      }
      const isNamed = ({ uplink }: (typeof twins)[number]) =>
        uplink.health().problem?.includes("taken over by another client with this unit's id");
      await waitFor(() => twins.some(isNamed), {
        timeoutMs: 60_000,
        what: 'the other unit to be named',
      });
      for (const twin of twins) await empty(twin);
      expect(headquarters.counts).toMatchObject({ detections: 2 });
      expect(new Set(arrived).size).toBe(arrived.length);
    },
  );

  test.each([
    [
      'unit-7',
      /This unit's certificate \(.*unit.*\.pem\) is expired since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d/,
    ],
    [
      'broker',
      /broker's certificate is expired since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d/,
    ],
  ])('an expired certificate of %s is named with its date', async (who, problem) => {
    const folder = temporaryFolder();
    const { broker, credentials } = await openMosquitto(folder, { expired: [who] });
    const unit = openUnit(folder, { broker, tls: credentials('unit-7') });
    await unit.uplink.start();
    await waitFor(() => problem.test(unit.uplink.health().problem ?? ''), {
      what: 'the expired certificate to be named',
    });
  });

  test('a new hit overtakes a waiting backlog, and images leave after the metadata (DSP-1)', async () => {
    const { folder, mosquitto, hq, unitConfig } = await openAll();
    const { arrived, headquarters } = await hq();
    const unit = openUnit(folder, { ...unitConfig, inFlight: 4 });
    const images = { ...noImages, plate: await sampleImage(1) };
    const backlog = 60;
    await storeMany(unit, backlog, images);
    const detection = sampleDetection();
    const hit = sampleHit(detection);
    let storedAt = -1;
    const { promise: raised, resolve, reject } = Promise.withResolvers<void>();
    headquarters.events.on('detection', () => {
      if (storedAt >= 0 || arrived.length < 10) return;
      storedAt = arrived.length;
      // The backlog waits too while the hit is stored, however long the disk takes.
      mosquitto.signal('SIGSTOP');
      unit.records.storeHits({ hits: [hit], detection, images }).then(resolve, reject);
    });
    await unit.uplink.start();
    await raised;
    mosquitto.signal('SIGCONT');
    await empty(unit);
    const hitAt = arrived.indexOf(`hit ${hit.id} 1`);
    expect(hitAt).toBeGreaterThan(0);
    expect(hitAt).toBeLessThan(backlog);
    const firstImageAt = arrived.findIndex((each) => each.startsWith('image'));
    const lastDetectionAt = arrived.findLastIndex((each) => each.startsWith('detection'));
    // Images start when the last detections are on their way, not before.
    expect(firstImageAt).toBeGreaterThan(lastDetectionAt - 4);
    // The hit's own image goes before the others'.
    const hitImage = unit.db
      .prepare('SELECT id FROM image WHERE detection_id = ?')
      .pluck()
      .get(detection.id);
    expect(arrived.indexOf(`image ${hitImage}`) - firstImageAt).toBeLessThan(4);
  });

  test('what was stored without a link, over a restart of the unit, arrives when there is one (RET-8)', async () => {
    const { folder, mosquitto, hq, unitConfig } = await openAll();
    await mosquitto.stop();
    const first = openUnit(folder, unitConfig);
    await first.uplink.start();
    const images = await sampleImages(1);
    await storeMany(first, 20, images);
    await waitFor(() => first.uplink.health().problem?.includes('Is the broker running'), {
      what: 'the problem to be told',
    });
    await first.stop();
    const second = openUnit(folder, unitConfig);
    await second.uplink.start();
    expect(second.uplink.health().waiting).toMatchObject({ detection: 20, image: 60 });
    await mosquitto.start();
    const { headquarters } = await hq();
    await empty(second);
    expect(headquarters.counts).toMatchObject({ detections: 20, images: 60, refused: 0 });
  });

  test('the broker is killed twice while the outbox drains: everything arrives, each once', async () => {
    const { folder, mosquitto, hq, unitConfig } = await openAll();
    const { headquarters, arrived } = await hq();
    // The broker forgets all when it is killed, which the unit sees: no resend time is needed.
    const unit = openUnit(folder, { ...unitConfig, inFlight: 8, resendAfterS: 600 });
    const images = { ...noImages, plate: await sampleImage(1) };
    await storeMany(unit, 60, images);
    await unit.uplink.start();
    for (const reached of [20, 80]) {
      await waitFor(() => arrived.length >= reached, {
        // Headquarters waits longer from loss to loss before it connects again.
        timeoutMs: 60_000,
        what: `${reached} messages`,
      });
      await mosquitto.stop('SIGKILL');
      await waitFor(() => !unit.uplink.health().connected, { what: 'the loss to be noticed' });
      await mosquitto.start();
    }
    const backMs = performance.now();
    await empty(unit);
    tellSeconds('mosquitto, killed and back, to an empty outbox', backMs);
    expect(headquarters.counts).toMatchObject({ detections: 60, images: 60, refused: 0 });
    expect(new Set(arrived).size).toBe(arrived.length);
  });

  test('headquarters away and then new: what the broker did not keep is sent again at once (RET-8)', async () => {
    const { folder, hq, unitConfig } = await openAll();
    // A long resend time: only headquarters' own request can bring it in time.
    const unit = openUnit(folder, { ...unitConfig, resendAfterS: 600 });
    await unit.uplink.start();
    await storeMany(unit, 10, noImages);
    await waitFor(() => unit.uplink.health().sent === 10, { what: 'ten publishes' });
    const { headquarters } = await hq();
    await empty(unit);
    expect(headquarters.counts).toMatchObject({ detections: 10 });
  });

  test('a message that headquarters cannot take is set aside and holds up nothing', async () => {
    const { folder, hq, unitConfig } = await openAll();
    const { headquarters } = await hq();
    // It is refused once for each time that it is sent.
    const unit = openUnit(folder, { ...unitConfig, inFlight: 1, resendAfterS: 600 });
    unit.outbox.add({ id: uuidv7(), lane: 'hit', topic: 'hit', json: '{"from":"the future"}' });
    await unit.records.storeDetection({
      detection: sampleDetection({ closed: true }),
      images: noImages,
    });
    await unit.uplink.start();
    await empty(unit);
    expect(unit.uplink.health().refused).toBe(1);
    expect(headquarters.counts).toMatchObject({ detections: 1, refused: 1 });
  });

  test('a unit cannot speak in the name of another', async () => {
    const { folder, hq, broker, credentials } = await openAll();
    const { headquarters } = await hq();
    const detection = sampleDetection({ closed: true, unit: 'unit-8' });
    const impostor = openUnit(folder, { broker, tls: credentials('unit-7') }, { unitId: 'unit-8' });
    await impostor.records.storeDetection({ detection, images: noImages });
    await impostor.uplink.start();
    await waitFor(() => impostor.uplink.health().problem?.includes('its own topics'), {
      what: 'the refusal to be told',
    });
    expect(headquarters.counts.detections).toBe(0);
    expect(waitingOf(impostor.outbox)).toHaveLength(1);
  });

  test('status is retained: online, and offline when stopped in order', async () => {
    const { folder, broker, credentials, unitConfig } = await openAll();
    const states: string[] = [];
    const log = createLog({ level: 'silent' });
    const listener = createLink({
      config: uplinkSection.parse({ broker, tls: credentials('headquarters') }),
      clientId: 'observer',
      listener: {
        onConnected: () => void listener.subscribe(unitTopic('test-pd', 'unit-7', 'status')),
        onLost() {},
        onMessage(_topic, payload) {
          const { body } = JSON.parse(payload.toString());
          states.push(`${body.state} ${body.reason}`);
        },
      },
      log,
    });
    listener.start();
    const unit = openUnit(folder, unitConfig);
    await unit.uplink.start();
    await waitFor(() => states.at(-1) === 'online started', { what: 'online' });
    await unit.stop();
    await waitFor(() => states.at(-1) === 'offline stopped', { what: 'offline' });

    await listener.stop();
  });
});

test('no unit may have the id that addresses all units', () => {
  expect(() =>
    openUnit(temporaryFolder(), { broker: 'mqtt://127.0.0.1:1' }, { unitId: 'all' }),
  ).toThrow(/unit\.id/);
});

test('a broker elsewhere is only accepted with encryption', () => {
  const problemOf = (broker: string) =>
    uplinkSection
      .safeParse({ broker })
      .error?.issues.map((issue) => issue.message)
      .join();
  expect(problemOf('mqtt://10.0.0.7:1883')).toMatch(/not encrypted/);
  expect(problemOf('ws://hq.example:80')).toMatch(/not encrypted/);
  expect(problemOf('mqtt://localhost.example.com')).toMatch(/not encrypted/);
  for (const fine of [
    'mqtt://127.0.0.1:1883',
    'mqtt://localhost',
    'mqtt://[::1]:1883',
    'mqtts://hq.example',
  ]) {
    expect(problemOf(fine)).toBeUndefined();
  }
  const half = uplinkSection.safeParse({ tls: { cert: 'unit.pem' } });
  expect(half.error?.issues[0]?.message).toMatch(/both cert and key/);
});
