import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import sharp from 'sharp';
import { openAccountability } from '../../src/accountability/accountability.ts';
import { createAlertDesk } from '../../src/alerts/alert-desk.ts';
import type { Consideration } from '../../src/alerts/decide.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createConsole } from '../../src/console/console.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import type { TrackImages } from '../../src/vision/tracking/track-report.ts';

/** A unit's page with its alert desk, and Debian's Chromium. */
export async function openPageUnit() {
  const dataDir = mkdtempSync(join(tmpdir(), 'lookout-bench-'));
  const config = configSchema.parse({
    unit: { agency: 'bench-pd', id: 'bench', dataDir },
    uplink: { enabled: false },
    console: { port: 0 },
  });
  const log = createLog({ level: 'error' });
  const accountability = await openAccountability({ config, log });
  const { people, gate, audit } = accountability;
  const console = createConsole({
    config: config.console,
    unit: config.unit,
    people,
    gate,
    audit,
    hits: accountability.verification,
    hitRights: accountability.hitRights,
    log,
    status: () => ({}),
  });
  await console.start();
  const desk = createAlertDesk({
    config: config.alerts,
    hotlist: config.hotlist,
    unit: config.unit,
    log,
    outputs: [console.output],
  });

  const password = 'four wet herons at noon';
  await people.makeFirstAdministrator(
    {
      code: people.firstStartCode() ?? '',
      username: 'ada',
      name: 'Ada Cole',
      password,
      organisation: 'bench-pd',
      cletsUntil: '2099-01-01',
      training: { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null },
    },
    'bench',
  );
  const login = { username: 'ada', password, noticeAcknowledged: true };
  const { token } = await people.login(login, 'page 127.0.0.1');

  const images = {
    plate: await picture(240, 120),
    ir: await picture(1280, 720),
    overview: await picture(1280, 720),
    overviewMissing: null,
  };

  const browser: Browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  /** A browser's profile in which somebody is logged in. */
  const newContext = async (viewport = { width: 1280, height: 800 }): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport });
    await context.addCookies([{ name: 'lookout-bench', value: token, url: console.url }]);
    return context;
  };
  return {
    ...{ url: console.url, browser, newContext },
    /** A vehicle passes that is on a list; told as the desk tells it. */
    announce(id: string): void {
      const seen = vehicle(id, images);
      desk.announce(desk.decide(seen), seen);
    },
    async close(): Promise<void> {
      await browser.close();
      await desk[Symbol.asyncDispose]();
      await console[Symbol.asyncDispose]();
      await accountability[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A picture of noise. */
const picture = async (width: number, height: number) => {
  const noise = { type: 'gaussian', mean: 120, sigma: 40 } as const;
  const image = sharp({ create: { width, height, channels: 3, background: '#246', noise } });
  const jpeg = new Uint8Array(await image.jpeg().toBuffer());
  return { jpeg, width, height, takenAtMs: systemClock() };
};

/** Another vehicle each time, on a list. */
function vehicle(id: string, images: TrackImages): Consideration {
  const nowMs = systemClock();
  const plate = '7ABC123';
  return {
    report: {
      id,
      head: 'front',
      phase: 'update',
      sequence: 1,
      seenCount: 4,
      unread: null,
      firstSeenMs: nowMs - 200,
      lastSeenMs: nowMs,
      motion: 'approaching',
      lateralPerS: 0,
      box: [400, 300, 120, 60],
      frameSize: [1280, 720],
      images,
      times: { capturedAtMs: nowMs, foundAtMs: nowMs, readAtMs: nowMs },
      consensus: {
        plate,
        confidence: 0.97,
        alternatives: [],
        readCount: 3,
        agreeCount: 3,
        characters: [...plate].map((char) => ({ char, p: 0.99 })),
        state: { code: 'CA', p: 0.95 },
      },
    },
    matches: [
      {
        tier: 'exact',
        differences: [],
        stateAgreement: 'agrees',
        entry: {
          id,
          plate,
          state: 'CA',
          plateType: null,
          category: 'stolen_vehicle',
          reason: 'Taken from a driveway',
          make: 'Honda',
          model: 'Accord',
          colour: 'Gray',
          year: '2019',
          caseNumber: '26-004417',
          enteredBy: null,
          approvedBy: null,
          entryDate: null,
          expires: null,
        },
        list: {
          id: 'svs',
          name: 'State vehicle list',
          type: 'general',
          priority: 10,
          asOf: new Date(nowMs).toISOString(),
          ageS: 60,
          old: false,
        },
      },
    ],
    fix: {
      quality: 'fix-3d',
      latitude: 34.89581,
      longitude: -117.01728,
      altitudeM: 660,
      speedMps: 13,
      courseDeg: 47,
      hdop: 0.9,
      satellites: 11,
      fixedAtMs: nowMs,
      ageMs: 400,
      simulated: false,
      source: 'nmea',
    },
    direction: { headingDeg: 47, source: 'own-course', reason: null },
    matchedAtMs: nowMs,
  };
}
