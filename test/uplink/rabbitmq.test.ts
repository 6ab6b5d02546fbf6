import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hotlistSection } from '../../src/config/sections/hotlist.ts';
import { createHotlist } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { sampleDetection, sampleHit, sampleImages } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { openHeadquarters } from './open-headquarters.ts';
import { openUnit } from './open-unit.ts';
import { missingRabbitMq, openRabbitMq } from './rabbitmq.ts';

if (missingRabbitMq) console.warn(`skipped: ${missingRabbitMq}`);

// RabbitMQ takes ten seconds and more to start.
describe.skipIf(missingRabbitMq)('against RabbitMQ', { timeout: 300_000 }, () => {
  test('a broker without MQTT 5 is reached by 3.1.1, and the lists published before arrive', async () => {
    const folder = temporaryFolder();
    const [node] = await openRabbitMq(folder);
    const { broker } = node ?? { broker: '' };
    const { headquarters, arrived } = await openHeadquarters(folder, { broker });
    const file = join(folder, 'svs.csv');
    writeFileSync(
      file,
      'plate,state,category,reason,make,model,colour,case_number,entry_id,entry_date,expires\n7ABC123,CA,stolen_vehicle,Stolen,,,,,e1,,\n',
    );
    const asOf = new Date(Date.now() - 60_000).toISOString();
    await headquarters.publishList({ agency: 'test-pd', list: 'svs', file, asOf });

    const config = hotlistSection.parse({ lists: [{ id: 'svs', name: 'Stolen vehicles' }] });
    const log = createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' });
    const hotlist = createHotlist({ path: join(folder, 'hotlist.db'), config, log });
    hotlist.start();
    const { records, uplink, outbox, stop } = openUnit(folder, { broker }, { hotlist });
    onTestFinished(async () => {
      await stop();
      await hotlist[Symbol.asyncDispose]();
    });
    await uplink.start();
    const detection = sampleDetection();
    const images = await sampleImages(1);
    await records.storeHits({ hits: [sampleHit(detection)], detection, images });
    await records.storeDetection({ detection: { ...detection, closed: true }, images });
    await waitFor(() => outbox.status().waiting === 0, { what: 'an empty outbox' });
    expect(uplink.health()).toMatchObject({ connected: true, protocol: '3.1.1', problem: null });
    await waitFor(() => hotlist.status()[0]?.entries === 1, { what: 'the list' });
    expect(headquarters.counts).toMatchObject({ hits: 1, detections: 1, images: 3, refused: 0 });
    expect(new Set(arrived).size).toBe(arrived.length);
  });
});
