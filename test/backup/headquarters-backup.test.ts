import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyDataFolder } from '../../src/accountability/audit/verify-data-folder.ts';
import { searchDetections } from '../../src/accountability/search/operations.ts';
import type { Detection } from '../../src/records/detection.ts';
import { backUp } from '../headquarters/back-up.ts';
import { asAda, logInAda, openDepartment } from '../headquarters/department.ts';
import { sampleDetection, sampleImages } from '../records/samples.ts';
import { lookout } from '../support/lookout-process.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

describe.skipIf(missingMosquitto)('a backup of headquarters', { timeout: 180_000 }, () => {
  test('PRA-15: is made while it runs, and on another computer headquarters goes on from it with nothing doubled', async () => {
    const department = await openDepartment();
    const { headquarters, stop } = await department.startHeadquarters();
    await asAda(headquarters);
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    const empty = () =>
      waitFor(() => unit.outbox.status().waiting === 0, { timeoutMs: 60_000, what: 'the outbox' });
    const passed = (changes: Partial<Detection> = {}) => {
      const at = new Date().toISOString();
      return sampleDetection({ firstSeen: at, lastSeen: at, closed: true, ...changes });
    };
    // Its pictures come once it has passed.
    const known = passed({ closed: false });
    const images = await sampleImages(1);
    await unit.records.storeDetection({ detection: known, images });
    const shown = passed();
    await unit.records.storeDetection({ detection: shown, images });
    await empty();

    const into = join(department.folder, 'backups');
    const first = await backUp(department.dataDir, into);
    expect(first.manifest.databases.sort()).toEqual(
      ['audit.db', 'headquarters.db', 'hotlist.db', 'lookout.db', 'people.db'].sort(),
    );
    expect(first.manifest).toMatchObject({ images: 3 });
    expect(first.manifest.keysLeftOut).toEqual(
      expect.arrayContaining(['data/audit.key', 'data/people.key', 'data/signing.key']),
    );
    const second = await backUp(department.dataDir, into, '--keys');
    expect(second).toMatchObject({ imagesLinked: 3, manifest: { images: 3, keysLeftOut: [] } });

    // What comes after the backup: the same vehicle closed, and another one.
    await unit.uplink[Symbol.asyncDispose]();
    await stop();
    rmSync(department.dataDir, { recursive: true });
    await unit.records.storeDetection({
      detection: { ...known, closed: true, seenCount: 9 },
      images,
    });
    await unit.records.storeDetection({ detection: passed(), images });
    await unit.stop();

    const to = join(department.folder, 'other-computer');
    const lacking = await lookout('restore', first.folder, '--to', to);
    expect(lacking.code).toBe(1);
    expect(lacking.stderr).toContain('was made without its keys');
    const restored = await lookout('restore', first.folder, '--to', to, '--keys', second.folder);
    expect(restored).toMatchObject({ code: 0, stderr: '' });

    const again = await department.startHeadquarters(to);
    const unitAgain = department.unit('unit-7');
    await unitAgain.uplink.start();
    await waitFor(() => unitAgain.outbox.status().waiting === 0, {
      timeoutMs: 60_000,
      what: 'all',
    });
    const rows = department.rows<{ body: string }>('lookout.db', 'SELECT body FROM detection', to);
    const detections = rows.map(({ body }) => JSON.parse(body) as Detection);
    expect(detections).toHaveLength(3);
    expect(detections.find(({ id }) => id === known.id)).toMatchObject({ seenCount: 9 });
    expect(again.headquarters.status().problems).toEqual([]);
    // People and their rights came with it.
    const token = await logInAda(again.headquarters);
    const found = await again.headquarters.accountability.gate.perform({
      ...{ operation: searchDetections.name, input: { plate: '8ABC123' }, token },
      ...{ from: 'page 127.0.0.1', inquiry: { purpose: 'investigation', caseNumber: '26-0042' } },
    });
    expect(found).toMatchObject({ detections: [{}, {}, {}] });
    await again.stop();
    expect(verifyDataFolder(to, { agency: 'test-pd', id: 'headquarters' })).toMatchObject({
      sound: true,
      findings: [],
    });
    const [note] = department.rows<{ body: string }>(
      'audit.db',
      "SELECT body FROM record WHERE operation = 'backup.restored'",
      to,
    );
    expect(JSON.parse(note?.body ?? '{}')).toMatchObject({
      query: { from: expect.stringMatching(/^headquarters-\d{8}T\d{6}Z/), logVerified: true },
    });
  });

  test('takes no room twice for a picture, and --keep removes the oldest', async () => {
    const department = await openDepartment();
    await department.startHeadquarters();
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    const detection = sampleDetection({ closed: true });
    await unit.records.storeDetection({ detection, images: await sampleImages(1) });
    await waitFor(() => unit.outbox.status().waiting === 0, { timeoutMs: 60_000, what: 'all' });
    const into = join(department.folder, 'backups');
    const made = [await backUp(department.dataDir, into), await backUp(department.dataDir, into)];
    const [{ path }] = department.rows<{ path: string }>(
      'lookout.db',
      "SELECT 'data/images/2026-03-04/' || id || '.jpg' AS path FROM image",
    ) as [{ path: string }];
    const [one, two] = made.map(({ folder }) => statSync(join(folder, path)).ino);
    expect(one).toBe(two);
    const last = await backUp(department.dataDir, into, '--keep', '2');
    expect(last.removed.map((name) => join(into, name))).toEqual([made[0]?.folder]);
    expect(statSync(join(last.folder, path)).ino).toBe(two);
  });
});
