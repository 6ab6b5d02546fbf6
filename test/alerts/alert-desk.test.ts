import { expect, onTestFinished, test } from 'vitest';
import type { Alert, AlertOutput } from '../../src/alerts/alert.ts';
import { createAlertDesk } from '../../src/alerts/alert-desk.ts';
import { createAudioOutputs } from '../../src/alerts/audio-outputs.ts';
import { configSchema } from '../../src/config/schema.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { hitSchema } from '../../src/records/detection.ts';
import type { TrackImage } from '../../src/vision/tracking/track-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { noAlsaDevice } from './alsa-sink.ts';
import {
  exampleConsensus,
  exampleDirection,
  exampleFix,
  exampleMatch,
  exampleReport,
  noImages,
} from './sample-alerts.ts';

/** An output that runs `work` and records its calls. */
function notebook(name: AlertOutput['name'], work: () => Promise<void> = async () => {}) {
  const told: string[] = [];
  const refreshed: Alert[] = [];
  const output: AlertOutput = {
    name,
    async start() {},
    present(event, alert) {
      told.push(`${event} ${alert.title}`);
      return work();
    },
    refresh(alert) {
      refreshed.push(alert);
    },
    health: () => ({ state: 'ok', problem: null }),
    async [Symbol.asyncDispose]() {},
  };
  return { told, refreshed, output };
}

function deskWith(outputs: AlertOutput[], timeLimitMs?: number) {
  const config = configSchema.parse({});
  const desk = createAlertDesk({
    config: config.alerts,
    hotlist: config.hotlist,
    unit: config.unit,
    outputs,
    log: createLog({ level: 'silent' }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
  });
  onTestFinished(() => desk[Symbol.asyncDispose]());
  const see = (matches = [exampleMatch()], over: Parameters<typeof exampleReport>[0] = {}) => {
    const consideration = {
      report: exampleReport(over),
      matches,
      fix: exampleFix(),
      direction: exampleDirection,
      // The desk's own clock: another one may differ from it by some milliseconds.
      matchedAtMs: systemClock(),
    };
    const decision = desk.decide(consideration);
    desk.announce(decision, consideration);
    return decision.hits;
  };
  return { desk, see };
}

test('every output has been called when the desk answers, and a hit has all its stage times (ALT-3)', () => {
  const [page, sound] = [notebook('page'), notebook('sound')];
  const { see } = deskWith([page.output, sound.output]);
  const before = systemClock();
  const [hit] = see();
  expect(page.told).toEqual(['raised Possible stolen vehicle']);
  expect(sound.told).toEqual(page.told);
  expect(hitSchema.parse(hit)).toEqual(hit);
  expect(hit?.id[14]).toBe('7');
  expect(hit?.times.raisedAtMs).toBeGreaterThanOrEqual(before);
  expect(hit?.times.raisedAtMs).toBeGreaterThanOrEqual(hit?.times.matchedAtMs ?? Infinity);
});

test('an output that fails, throws or hangs is reported and the others go on (ALT-1)', async () => {
  const page = notebook('page');
  const broken = notebook('sound', () => Promise.reject(new Error('no such card')));
  const hanging = notebook('voice', () => new Promise(() => {}));
  const throwing = notebook('beacon', () => {
    throw new Error('port gone');
  });
  const { desk, see } = deskWith(
    [broken.output, hanging.output, throwing.output, page.output],
    100,
  );
  expect(see()).toHaveLength(1);
  expect(page.told).toHaveLength(1);
  await waitFor(() => desk.health().every(({ told, failed }) => told + failed === 1));
  expect(
    desk.health().map(({ name, state, code, problem }) => [name, state, code, problem]),
  ).toEqual([
    ['sound', 'failed', 'audio.fail', 'no such card'],
    ['voice', 'failed', 'audio.fail', 'voice did not answer within 0.1 s'],
    ['beacon', 'failed', 'beacon.fail', 'port gone'],
    ['page', 'ok', null, null],
  ]);
});

test('without a sound device health says audio.fail while the page gets the alert (ALT-1)', async () => {
  const folder = temporaryFolder();
  noAlsaDevice(folder);
  const page = notebook('page');
  const audio = createAudioOutputs({
    config: configSchema.parse({}).alerts,
    dataDir: folder,
    log: createLog({ level: 'silent' }),
  });
  // On a busy machine the audio thread alone may take longer to come up than the desk waits for an output.
  const { desk, see } = deskWith([...audio, page.output], 60_000);
  see();
  expect(page.told).toHaveLength(1);
  const sound = await waitFor(() =>
    desk.health().find(({ name, code }) => name === 'sound' && code !== null),
  );
  expect(sound).toMatchObject({ state: 'fallback', code: 'audio.fail' });
});

test('an output recovers in the health when it works again', async () => {
  let isBroken = true;
  const page = notebook('page', async () => {
    if (isBroken) throw new Error('gone');
  });
  const { desk, see } = deskWith([page.output]);
  see();
  await waitFor(() => desk.health()[0]?.state === 'failed');
  isBroken = false;
  see([]);
  await waitFor(() => desk.health()[0]?.state === 'ok');
  expect(desk.health()[0]).toMatchObject({ told: 1, failed: 1, problem: null, code: null });
});

test('amendments and withdrawals are announced, better pictures come as a refresh (PRA-5)', () => {
  const page = notebook('page');
  const { see } = deskWith([page.output]);
  const picture: TrackImage = { jpeg: new Uint8Array(9), width: 1, height: 1, takenAtMs: 5 };
  see();
  see([exampleMatch()], { images: { ...noImages, overview: picture } });
  see([exampleMatch({ tier: 'near' })], { consensus: exampleConsensus('7A8C123') });
  see([], { consensus: exampleConsensus('7X8C123') });
  expect(page.told.map((line) => line.split(' ')[0])).toEqual(['raised', 'amended', 'withdrawn']);
  expect(page.refreshed).toHaveLength(1);
  expect(page.refreshed[0]?.images.overview).toBe(picture);
});

test('the banner is there without being configured, and cannot be empty (ALT-5)', () => {
  expect(() => configSchema.parse({ alerts: { banner: ' ' } })).toThrow(/cannot be empty/);
  expect(configSchema.parse({}).alerts.banner).toMatch(/^Not a basis for a stop/);
});
