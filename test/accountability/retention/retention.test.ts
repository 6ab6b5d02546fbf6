import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { imageFilesOf, waitingOf } from '../../records/open-records.ts';
import { cpuMs } from '../../support/cpu-time.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitFor } from '../../support/wait-for.ts';
import { dayMs, now, openRetention, profile } from './open-retention.ts';

const archive = (maxDays: number, minDays = 0) => {
  const span = { minDays, maxDays };
  return profile('vallejo', { reads: span, hits: span, images: span, sources: {} });
};

describe('what goes and what stays', () => {
  it('RET-1: under vallejo everything older than a year goes, with its files, and the rest stays', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    await unit.passing(366);
    await unit.passing(365.5, { hit: true });
    const young = await unit.passing(364);
    const youngHit = await unit.passing(1, { hit: true });
    const run = await unit.retention.run();
    expect(unit.ids()).toEqual([young.id, youngHit.id].sort());
    expect(imageFilesOf(dataDir)).toHaveLength(6);
    expect(unit.records.health().images.files).toBe(6);
    expect(run?.removed.map(({ rule, detections, images }) => [rule, detections, images])).toEqual([
      ['retention.reads.maxDays', 1, 3],
      ['retention.hits.maxDays', 1, 3],
    ]);
    expect(await unit.retention.run()).toBeNull();
  });

  it('RET-1: what is under hold outlives the maximum, and goes once the hold is lifted', async () => {
    const unit = openRetention(temporaryFolder(), profile('vallejo'));
    const evidence = await unit.passing(400, { plate: '7XYZ999' });
    const hold = unit.holds.set({
      scope: { kind: 'plate', plate: '7XYZ999' },
      caseNumber: '26-0042',
      reason: 'evidence',
      by: 'Test',
      nowMs: now,
    });
    expect(await unit.retention.run()).toBeNull();
    expect(unit.ids()).toEqual([evidence.id]);
    await unit.holds.lift({ id: hold.id, by: 'Test', why: 'case closed', nowMs: now });
    await unit.retention.run();
    expect(unit.ids()).toEqual([]);
  });

  it('RET-2: data of a source with 30 days goes after 30 days, while the unit’s own stays a year', async () => {
    const unit = openRetention(temporaryFolder(), profile('vallejo'));
    await unit.passing(31, { head: 'flock' });
    const young = await unit.passing(29, { head: 'flock' });
    const own = await unit.passing(31);
    await unit.retention.run();
    expect(unit.ids()).toEqual([young.id, own.id].sort());
  });

  it('RET-2: a relevant read of such a source, a hit, is kept after the 30 days', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    const hit = await unit.passing(31, { head: 'flock', hit: true });
    await unit.retention.run();
    expect(unit.ids()).toEqual([hit.id]);
  });

  it('RET-3: under vigilant-429 data is kept two years, and an order cannot go below them', async () => {
    const unit = openRetention(temporaryFolder(), profile('vigilant-429'));
    await unit.passing(731);
    const old = await unit.passing(729);
    await unit.retention.run();
    expect(unit.ids()).toEqual([old.id]);
    expect(() => unit.retention.run({ olderThanDays: 729 })).toThrow(/at least 730 days.*729/);
    expect(unit.ids()).toEqual([old.id]);
  });

  it('RET-4: under walnut-creek nothing goes by itself, and nothing under a year by order', async () => {
    const unit = openRetention(temporaryFolder(), profile('walnut-creek'));
    await unit.passing(5000);
    await unit.passing(364);
    expect(await unit.retention.run()).toBeNull();
    expect(() => unit.retention.run({ olderThanDays: 100 })).toThrow(/at least 365 days/);
    await unit.retention.run({ olderThanDays: 400 });
    expect(unit.ids()).toHaveLength(1);
  });

  it('RET-5: under barstow a source of its own may go after 30 days, the others after a year', async () => {
    const unit = openRetention(temporaryFolder(), profile('barstow'));
    await unit.passing(31, { head: 'flock' });
    const own = await unit.passing(31);
    expect(unit.retention.spans()).toContainEqual(
      expect.objectContaining({ head: 'flock', kind: 'reads', minDays: 30 }),
    );
    // An order for all sources is ruled by the longest minimum.
    expect(() => unit.retention.run({ olderThanDays: 30 })).toThrow(/front.*365/);
    expect(() => unit.retention.run({ olderThanDays: 29, head: 'flock' })).toThrow(/flock.*30/);
    expect(unit.ids()).toHaveLength(2);
    await unit.retention.run({ olderThanDays: 30, head: 'flock' });
    expect(unit.ids()).toEqual([own.id]);
  });

  it('RET-5: a row for the unit’s mode rules where the head has none', async () => {
    const span = { minDays: 0, maxDays: 10 };
    const policy = profile('vallejo', { sources: { fixed: { reads: span } } });
    const fixed = openRetention(temporaryFolder(), policy, { mode: 'fixed' });
    await fixed.passing(11);
    await fixed.retention.run();
    expect(fixed.ids()).toEqual([]);
    const mobile = openRetention(temporaryFolder(), policy);
    await mobile.passing(11);
    await mobile.retention.run();
    expect(mobile.ids()).toHaveLength(1);
  });

  it('RET-7: hits, reads and images each have their own time', async () => {
    const dataDir = temporaryFolder();
    const days = (maxDays: number) => ({ minDays: 0, maxDays });
    const policy = profile('vallejo', {
      reads: days(30),
      hits: days(300),
      images: days(10),
      sources: {},
    });
    const unit = openRetention(dataDir, policy);
    const hit = await unit.passing(200, { hit: true });
    await unit.passing(31);
    const read = await unit.passing(20);
    const fresh = await unit.passing(5);
    await unit.retention.run();
    expect(unit.ids()).toEqual([hit.id, read.id, fresh.id].sort());
    expect(imageFilesOf(dataDir)).toHaveLength(3);
    expect(unit.db.prepare('SELECT DISTINCT detection_id FROM image').pluck().all()).toEqual([
      fresh.id,
    ]);
  });

  it('RET-8: an order leaves what headquarters has not acknowledged', async () => {
    const unit = openRetention(temporaryFolder(), archive(365));
    const waiting = await unit.passing(100, { kept: false });
    await unit.retention.run({ olderThanDays: 30 });
    expect(unit.ids()).toEqual([waiting.id]);
    unit.outbox.acknowledged(waitingOf(unit.outbox).map(({ id }) => id));
    await unit.retention.run({ olderThanDays: 30 });
    expect(unit.ids()).toEqual([]);
  });

  it('RET-8: the maximum removes even that, with its messages, and the audit log records the loss', async () => {
    const unit = openRetention(temporaryFolder(), archive(30));
    await unit.passing(31, { kept: false });
    const young = await unit.passing(29, { kept: false });
    await unit.retention.run();
    expect(unit.ids()).toEqual([young.id]);
    // detection and three images of the younger one
    expect(unit.outbox.status().waiting).toBe(4);
    expect(unit.purges().at(-1)).toMatchObject({
      outcome: 'done',
      query: { removed: [{ detections: 1, images: 3, unacknowledged: 4 }] },
    });
  });
});

describe('how it goes', () => {
  it('leaves no trace in the database, its log or the folder, and is recorded in the audit log without plates', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, archive(30));
    const plates = Array.from({ length: 40 }, (_, index) => `9QWX${100 + index}`);
    const pictures: Uint8Array[] = [];
    for (const plate of plates) {
      const { images } = await unit.passing(31, { plate, kept: plate.endsWith('1') });
      if (images.plate) pictures.push(images.plate.jpeg);
    }
    await unit.passing(1, { plate: '1STAYS1' });
    const before = rawFiles(dataDir);
    expect(plates.every((plate) => before.includes(plate))).toBe(true);
    expect(pictures.every((jpeg) => before.includes(tail(jpeg)))).toBe(true);

    await unit.retention.run();
    const after = rawFiles(dataDir);
    expect(plates.filter((plate) => after.includes(plate))).toEqual([]);
    expect(pictures.filter((jpeg) => after.includes(tail(jpeg)))).toHaveLength(0);
    expect(after.includes('1STAYS1')).toBe(true);
    // The end of the run itself is one page.
    expect(readFileSync(join(dataDir, 'lookout.db-wal')).length).toBeLessThan(8192);
    expect(unit.db.pragma('freelist_count', { simple: true })).toBe(0);

    const [started, done] = unit.purges();
    expect(started).toMatchObject({ outcome: 'started', who: { account: null } });
    expect(done).toMatchObject({
      outcome: 'done',
      results: 40,
      query: {
        removed: [{ rule: 'retention.reads.maxDays', head: 'front', detections: 40, images: 120 }],
      },
    });
    expect(JSON.stringify(unit.audited)).not.toContain('9QWX');
  });

  it('removes nothing while the audit log cannot be written, and says so', async () => {
    const unit = openRetention(temporaryFolder(), archive(30));
    await unit.passing(31);
    unit.auditLog.broken = true;
    await expect(unit.retention.run()).rejects.toThrow(/disk full/);
    expect(unit.ids()).toHaveLength(1);
    expect(unit.retention.health().problem).toMatch(/could not be deleted/);
    unit.auditLog.broken = false;
    await unit.retention.run();
    expect(unit.ids()).toHaveLength(0);
    expect(unit.retention.health().problem).toBeNull();
  });

  it('takes the files of what is gone even when the rest of the run fails', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, archive(30));
    const read = await unit.passing(40);
    const hit = await unit.passing(40, { hit: true });
    expect(imageFilesOf(dataDir)).toHaveLength(6);
    unit.db.exec(`CREATE TRIGGER sick BEFORE DELETE ON detection WHEN old.id = '${hit.id}'
      BEGIN SELECT raise(ABORT, 'a sick disk'); END`);
    await expect(unit.retention.run()).rejects.toThrow(/sick disk/);
    expect(unit.ids()).not.toContain(read.id);
    expect(imageFilesOf(dataDir)).toHaveLength(3);
  });

  it('records in the audit log what a run had removed before a power cut', async () => {
    const dataDir = temporaryFolder();
    const first = openRetention(dataDir, archive(30));
    await first.passing(31);
    await first.retention.run();
    first.db.exec('UPDATE purge_run SET finished_at_ms = NULL');
    await first.close();
    const second = openRetention(dataDir, archive(30));
    second.retention.start();
    await waitFor(() => second.purges().length > 0, { what: 'the word on it' });
    expect(second.purges()).toMatchObject([
      { outcome: 'failed', results: 1, note: expect.stringContaining('interrupted') },
    ]);
  });

  it('keeps a loop that stores and alerts free: 2000 vehicles go in slices', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, archive(30));
    const pattern = await unit.passing(31);
    // Rows alone, as the records write them: two thousand times three files would test the disk.
    unit.db.exec(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, plate, closed, hit, announced_revision, body)
      SELECT 'copy-' || i, head, first_seen_ms, last_seen_ms - i, plate, 1, 0, 1, body FROM detection, n
      WHERE id = '${pattern.id}';
      INSERT INTO image (id, detection_id, kind, taken_at_ms, bytes, source_sha256, ref)
      SELECT detection.id || kind, detection.id, kind, taken_at_ms, bytes, source_sha256, ref FROM image, detection
      WHERE detection.id LIKE 'copy-%';`);
    // What the loop's thread works between two turns, and in all.
    const beforeMs = cpuMs();
    let longestMs = 0;
    let lastMs = beforeMs;
    const turns = setInterval(() => {
      longestMs = Math.max(longestMs, cpuMs() - lastMs);
      lastMs = cpuMs();
    }, 1);
    const startedMs = performance.now();
    const run = await unit.retention.run();
    clearInterval(turns);
    const tookMs = performance.now() - startedMs;
    const allMs = cpuMs() - beforeMs;
    expect(run?.removed[0]?.detections).toBe(2001);
    if (process.env.LOOKOUT_FIGURES) console.log({ tookMs, longestMs, allMs });
    // As a share, for how long a slice takes is the processor's; in one piece it would be nearly all.
    expect(longestMs).toBeLessThan(allMs / 20);
  }, 120_000);

  it('waits after an unconfirmed jump of the clock', async () => {
    const dataDir = temporaryFolder();
    let offsetMs: number | null = 0;
    const unit = openRetention(dataDir, archive(30), { satellitesOffsetMs: () => offsetMs });
    await unit.retention.run();
    const one = await unit.passing(1);
    for (const said of [null, -3650 * dayMs]) {
      offsetMs = said;
      unit.setNow(now + 3650 * dayMs);
      await expect(unit.retention.run()).rejects.toThrow(/3650 days ahead/);
      expect(unit.ids()).toEqual([one.id]);
    }
    offsetMs = 0;
    await unit.retention.run();
    expect(unit.ids()).toEqual([]);
  });
});

describe('transient mode', () => {
  it('RET-6: under napa a detection stays until headquarters has all of it, and then goes', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('napa'));
    const read = await unit.passing(0, { kept: false, plate: '6NAPA01' });
    const hit = await unit.passing(0, { kept: false, hit: true });
    await unit.retention.run();
    expect(unit.ids()).toEqual([read.id, hit.id].sort());

    const messages = waitingOf(unit.outbox);
    const [last, ...others] = messages.filter(({ json }) => json.includes(read.id));
    unit.outbox.acknowledged(others.map(({ id }) => id));
    await unit.retention.run();
    expect(unit.ids()).toContain(read.id);
    unit.outbox.acknowledged([last?.id ?? '']);
    await waitFor(() => !unit.ids().includes(read.id), { what: 'the read to go' });
    unit.outbox.acknowledged(messages.map(({ id }) => id));
    await waitFor(() => unit.ids().length === 0, { what: 'the hit to go' });
    await waitFor(() => imageFilesOf(dataDir).length === 0, { what: 'the pictures to go' });
    await waitFor(() => !rawFiles(dataDir).includes('6NAPA01'), { what: 'every trace to go' });
    await unit.close();
    expect(unit.purges()).toMatchObject([
      { outcome: 'started', query: { why: 'acknowledged' } },
      { outcome: 'done', query: { removed: [{ rule: 'retention.edgeStore', detections: 2 }] } },
    ]);
  });

  it('RET-6: every trace is removed even if headquarters acknowledges in between what is kept', async () => {
    const dataDir = temporaryFolder();
    let acknowledgeMore = () => {};
    const isNeeded = () => {
      acknowledgeMore();
      return false;
    };
    const unit = openRetention(dataDir, profile('napa'), { isNeeded });
    const ofHeld = async () => {
      const { id } = await unit.passing(0, { kept: false });
      unit.holds.set({
        scope: { kind: 'detections', detectionIds: [id] },
        caseNumber: null,
        reason: 'evidence',
        by: 'Test',
        nowMs: now,
      });
      return waitingOf(unit.outbox).map((message) => message.id);
    };
    const stays = await ofHeld();
    const read = await unit.passing(0, { kept: false, plate: '6NAPA02' });
    // Once, while the removal of the other is under way.
    acknowledgeMore = () => {
      acknowledgeMore = () => {};
      unit.outbox.acknowledged(stays);
    };
    const goes = waitingOf(unit.outbox).filter(({ id }) => !stays.includes(id));
    unit.outbox.acknowledged(goes.map(({ id }) => id));
    await waitFor(() => !unit.ids().includes(read.id), { what: 'the read to go' });
    await waitFor(() => !rawFiles(dataDir).includes('6NAPA02'), { what: 'every trace to go' });
  });

  it('RET-6: a hold and an open verification keep it after all; the sweep takes it once they end', async () => {
    let open = true;
    const unit = openRetention(temporaryFolder(), profile('napa'), { isNeeded: () => open });
    const hit = await unit.passing(0, { hit: true });
    await unit.retention.run();
    expect(unit.ids()).toEqual([hit.id]);
    const hold = unit.holds.set({
      scope: { kind: 'detections', detectionIds: [hit.id] },
      caseNumber: null,
      reason: 'evidence',
      by: 'Test',
      nowMs: now,
    });
    open = false;
    await unit.retention.run();
    expect(unit.ids()).toEqual([hit.id]);
    await unit.holds.lift({ id: hold.id, by: 'Test', why: 'done', nowMs: now });
    await unit.retention.run();
    expect(unit.ids()).toEqual([]);
  });

  it('RET-6: without headquarters nothing goes before the maximum', async () => {
    const unit = openRetention(temporaryFolder(), profile('napa'));
    await unit.passing(31, { kept: false });
    const young = await unit.passing(29, { kept: false });
    await unit.retention.run();
    expect(unit.ids()).toEqual([young.id]);
    expect(unit.purges().at(-1)).toMatchObject({
      query: { removed: [{ rule: 'retention.reads.maxDays', unacknowledged: 4 }] },
    });
  });
});

/** Every byte under the data folder. */
function rawFiles(dataDir: string): Buffer {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => existsSync(path));
  return Buffer.concat(files.map((path) => readFileSync(path)));
}

/** The end of a picture: its beginning is moved by the EXIF segment. */
function tail(jpeg: Uint8Array): Buffer {
  return Buffer.from(jpeg.slice(-200));
}
