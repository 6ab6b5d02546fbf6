import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import sharp from 'sharp';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { noImages, sampleDetection, sampleHit, sampleImage } from '../records/samples.ts';
import { tellSeconds } from '../support/tell-seconds.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto, openMosquitto } from './mosquitto.ts';
import { openHeadquarters } from './open-headquarters.ts';
import { openUnit } from './open-unit.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

/** The images that headquarters has, with their files. */
function imagesAt(folder: string) {
  const db = new SQLite(join(folder, 'headquarters', 'headquarters.db'), { readonly: true });
  const rows = db.prepare('SELECT id, file, reduced FROM image').all() as {
    id: string;
    file: string;
    reduced: number;
  }[];
  db.close();
  return rows.map(({ file, ...row }) => ({
    ...row,
    jpeg: readFileSync(join(folder, 'headquarters', file)),
  }));
}

// The broker says its limit, closes at what is larger, refuses it by its code, or drops it without a word.
describe.skipIf(missingMosquitto)('against mosquitto with a limit', { timeout: 180_000 }, () => {
  test.each([
    ['max_packet_size', '5', 131_072],
    ['max_packet_size', '3.1.1', 131_072],
    // mosquitto 2.0.11 answers with a reason that PUBACK does not have.
    ['message_size_limit', '5', 131_072],
    // Here it says nothing, and each limit that is tried costs three sendings: this one is found at the first.
    ['message_size_limit', '3.1.1', 300_000],
  ] as const)(
    '%s over MQTT %s: what is too large goes smaller or is set aside, and the rest arrives',
    async (setting, protocol, limit) => {
      const folder = temporaryFolder();
      const settings = [`${setting} ${limit}`];
      const { broker, credentials } = await openMosquitto(folder, { settings });
      const tls = credentials('headquarters');
      const { headquarters, arrived } = await openHeadquarters(folder, { broker, tls, protocol });
      const unit = openUnit(folder, {
        broker,
        tls: credentials('unit-7'),
        protocol,
        resendAfterS: 1,
        // What hangs is noticed after one and a half times this.
        keepAliveS: 5,
      });
      const overview = await sampleImage(1, 3_000_000);
      expect(overview.jpeg.length).toBeGreaterThan(6 * limit);
      const plate = await sampleImage(2);
      const detection = sampleDetection();
      const images = { ...noImages, overview, plate };
      await unit.records.storeHits({ hits: [sampleHit(detection)], detection, images });
      await unit.records.storeDetection({ detection: { ...detection, closed: true }, images });
      // Nothing makes this one smaller.
      const large = uuidv7();
      const json = JSON.stringify({ text: 'x'.repeat(limit + 50_000) });
      unit.outbox.add({ id: large, lane: 'detection', topic: 'detection', json });
      for (let count = 0; count < 10; count += 1) {
        await unit.records.storeDetection({
          detection: sampleDetection({ closed: true }),
          images: { ...noImages, plate: await sampleImage(10 + count) },
        });
      }
      const startedMs = performance.now();
      await unit.uplink.start();
      await waitFor(() => unit.outbox.status().waiting === 0, {
        timeoutMs: 120_000,
        what: 'an empty outbox',
      });
      tellSeconds(`mosquitto, ${setting} over ${protocol}, to an empty outbox`, startedMs);
      expect(headquarters.counts).toMatchObject({
        hits: 1,
        detections: 11,
        images: 12,
        refused: 0,
      });
      expect(new Set(arrived).size).toBe(arrived.length);
      expect(unit.outbox.find(large)).toBeDefined();
      const { setAside, problem, brokerLimit, connected } = unit.uplink.health();
      expect({ setAside, connected }).toEqual({ setAside: 1, connected: true });
      expect(problem).toMatch(/does not take 1 message/);
      expect(brokerLimit).toBeLessThanOrEqual(2 * limit);

      const kept = imagesAt(folder);
      expect(kept.filter(({ reduced }) => reduced === 1)).toHaveLength(1);
      const reduced = kept.find((each) => each.reduced === 1)?.jpeg ?? Buffer.alloc(0);
      expect(reduced.length).toBeLessThan(limit);
      const [small, full] = [
        await sharp(reduced).metadata(),
        await sharp(overview.jpeg).metadata(),
      ];
      expect(small.width / small.height).toBeCloseTo(full.width / full.height, 1);
      // Position, time and the detection's id came along.
      expect(small.exif?.toString('latin1')).toContain(detection.id);
    },
  );
});
