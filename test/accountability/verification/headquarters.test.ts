import { describe, expect, it } from 'vitest';
import { reportError } from '../../../src/accountability/verification/report-operations.ts';
import { createAlertDesk } from '../../../src/alerts/alert-desk.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { uplinkSection } from '../../../src/config/sections/uplink.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { Hit } from '../../../src/records/detection.ts';
import { createUplink } from '../../../src/uplink/uplink.ts';
import { sampleDetection, sampleFix } from '../../records/samples.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitFor } from '../../support/wait-for.ts';
import { missingMosquitto, openMosquitto } from '../../uplink/mosquitto.ts';
import { openHeadquarters } from '../../uplink/open-headquarters.ts';
import { openVerification } from './open-verification.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

describe.skipIf(missingMosquitto)('a unit and its dispatch', { timeout: 120_000 }, () => {
  it('DSP-4 DSP-5 VER-8: from the hit over the dispatcher’s answer to the disposition, over a real broker', async () => {
    const folder = temporaryFolder();
    const { broker, credentials } = await openMosquitto(folder);
    const { headquarters } = await openHeadquarters(folder, {
      broker,
      tls: credentials('headquarters'),
    });
    const accountability = openVerification('vallejo', { dataDir: folder });
    const { verification, outbox, storeHit, seeAll, dispose, act, time } = accountability;
    const log = createLog({ level: 'silent' });
    await using uplink = createUplink({
      config: uplinkSection.parse({ broker, tls: credentials('unit-7'), reconnectMaxS: 1 }),
      unit: { agency: 'test-pd', id: 'unit-7' },
      dataDir: folder,
      status: () => ({}),
      orders: { onAlertStatus: verification.onAlertStatus },
      outbox,
      log,
    });
    const heard: string[] = [];
    const config = configSchema.parse({});
    await using desk = createAlertDesk({
      config: config.alerts,
      hotlist: config.hotlist,
      unit: config.unit,
      log,
      outputs: [
        {
          name: 'sound',
          async start() {},
          async present(event) {
            heard.push(event);
          },
          async answer(answer, alert) {
            heard.push(`${answer} ${alert.title}`);
          },
          health: () => ({ state: 'ok', problem: null }),
          async [Symbol.asyncDispose]() {},
        },
      ],
    });
    verification.events.on('answered', (hit, answer) => desk.answer(answer, hit));
    await uplink.start();

    const detection = sampleDetection();
    const hit = await storeHit({}, detection);
    await waitFor(() => headquarters.counts.hits === 1, { what: 'the hit at headquarters' });
    const say = (state: 'confirmation_in_progress' | 'verified') => {
      time.ms += 1000;
      const at = new Date(time.ms).toISOString();
      // By the id that the card and headquarters' terminal show.
      const hitId = hit.id.slice(-6);
      return headquarters.sendAlertStatus({ hitId, state, by: 'Dispatcher 12', at });
    };
    await say('confirmation_in_progress');
    await waitFor(() => verification.open(hit.id).state === 'confirmation_in_progress', {
      what: 'the dispatcher asking',
    });
    await say('verified');
    await waitFor(() => verification.open(hit.id).state === 'status_confirmed', {
      what: 'the dispatcher’s answer',
    });
    expect(heard).toEqual(['verified Possible stolen vehicle']);
    expect((await seeAll(hit)).state).toBe('validated');

    // DSP-5: the same vehicle again, elsewhere, is sent with its new place and heading at once.
    const again: Hit[] = [];
    headquarters.events.on('hit', (seen) => again.push(seen));
    const direction = { headingDeg: 182, source: 'own-course', reason: null } as const;
    await storeHit(
      { repeatOf: hit.id, direction, fix: { ...sampleFix, latitude: -33.9 } },
      sampleDetection(),
    );
    await waitFor(() => again.length === 1, { what: 'the sighting' });
    expect(again[0]).toMatchObject({
      repeatOf: hit.id,
      direction: { headingDeg: 182 },
      fix: { latitude: -33.9 },
    });

    const notices: object[] = [];
    headquarters.events.on('notice', ({ body }) => notices.push(body));
    await dispose(hit, { outcome: 'arrest' });
    await waitFor(() => notices.length > 0, { what: 'the disposition at headquarters' });
    expect(notices.at(-1)).toMatchObject({
      event: 'alert.disposed',
      hitId: hit.id,
      state: 'disposed',
      disposition: { outcome: 'arrest', cadNumber: '26-0042' },
    });
    await act(reportError, {
      kind: 'error',
      subject: 'Wrong colour',
      text: 'The entry has another colour.',
    });
    await waitFor(() => outbox.status().waiting === 0, { what: 'an empty outbox' });
    expect(headquarters.counts).toMatchObject({ hits: 2, refused: 0 });
  });
});
