import { onTestFinished } from 'vitest';
import type { AuditEntry, AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import { createCanvasses } from '../../../src/accountability/canvass/canvasses.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import type { Policy } from '../../../src/accountability/policy/policy.ts';
import { createClockBelief } from '../../../src/accountability/retention/clock-belief.ts';
import { createHolds } from '../../../src/accountability/retention/holds.ts';
import { createRetention } from '../../../src/accountability/retention/retention.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { recordsSection } from '../../../src/config/sections/records.ts';
import { createOutbox } from '../../../src/outbox/outbox.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { DetectionDraft } from '../../../src/records/draft-detection.ts';
import { createRecords } from '../../../src/records/records.ts';
import { waitingOf } from '../../records/open-records.ts';
import { sampleDetection, sampleHit, sampleImages } from '../../records/samples.ts';

export const dayMs = 86_400_000;
export const now = Date.UTC(2026, 10, 22, 12);

/** A profile's policy, with some of its retention changed. */
export function profile(name: string, retention: Partial<Policy['retention']> = {}): Policy {
  const { policy } = loadPolicy({ profile: name, overrides: {} });
  return { ...policy, retention: { ...policy.retention, ...retention } };
}

/** Records, holds and retention of a real unit on a folder; opening the same folder again is a restart. */
export function openRetention(
  dataDir: string,
  policy: Policy,
  options: {
    nowMs?: number;
    maxImageMiB?: number;
    mode?: 'mobile' | 'fixed';
    isNeeded?: (detectionId: string) => boolean;
    /** What satellites say about the clock; by default they confirm it. */
    satellitesOffsetMs?: () => number | null;
  } = {},
) {
  let nowMs = options.nowMs ?? now;
  const clock = () => nowMs;
  const db = openUnitDatabase(dataDir);
  const outbox = createOutbox(db);
  const log = createLog({ level: 'silent' });
  const unit = { agency: 'test-pd', id: 'unit-7', mode: options.mode ?? 'mobile' } as const;
  const canvasses = createCanvasses({ db, outbox, unit, clock });
  const holds = createHolds({ db, canvasses });
  const { isHeld } = holds;
  const config = { ...recordsSection.parse({ minFreeMiB: 0 }) };
  if (options.maxImageMiB !== undefined) config.maxImageMiB = options.maxImageMiB;
  const records = createRecords({
    db,
    dataDir,
    outbox,
    config,
    images: 'all',
    isHeld,
    log,
  });
  records.sweep();
  const audited: AuditEntry[] = [];
  const auditLog = { broken: false };
  const audit = {
    append(entry: AuditEntry) {
      if (auditLog.broken) throw new Error('disk full');
      audited.push(structuredClone(entry));
      return entry as AuditRecord;
    },
  };
  const { isNeeded, satellitesOffsetMs = () => 0 } = options;
  const belief = createClockBelief({
    db,
    clock,
    sinceBoot: { bootId: 'one', ms: () => 0 },
    witnesses: () => ({ satellitesOffsetMs: satellitesOffsetMs(), headquartersOffsetMs: null }),
    hasWitnesses: true,
    keeps: true,
  });
  const retention = createRetention({
    db,
    dataDir,
    policy,
    unit,
    outbox,
    audit,
    holds,
    clock,
    log,
    ...(isNeeded ? { isNeeded } : {}),
    belief,
  });
  let seed = 0;

  /** Stores one vehicle that was seen so many days ago, with its three pictures, and lets headquarters have it. */
  const passing = async (
    daysAgo: number,
    changes: Partial<DetectionDraft> & {
      plate?: string;
      hit?: boolean;
      repeatOf?: string;
      kept?: boolean;
    } = {},
  ) => {
    const { plate, repeatOf, hit = false, kept = true, ...draft } = changes;
    seed += 1;
    const seenMs = nowMs - daysAgo * dayMs;
    const sample = sampleDetection();
    const detection = {
      ...sample,
      firstSeen: new Date(seenMs - 1000).toISOString(),
      lastSeen: new Date(seenMs).toISOString(),
      closed: true,
      ...draft,
    };
    if (plate !== undefined && detection.read) {
      detection.read = { ...detection.read, plate, alternatives: [] };
    }
    const images = await sampleImages(seed);
    for (const image of [images.plate, images.ir, images.overview]) {
      if (image) image.takenAtMs = seenMs;
    }
    const ofOther = repeatOf === undefined ? {} : { repeatOf };
    const hits = hit ? [sampleHit(detection, ofOther)] : [];
    await records.storeHits({ detection, images, hits });
    if (kept) outbox.acknowledged(waitingOf(outbox).map(({ id }) => id));
    return { id: detection.id, images, hits };
  };

  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await retention[Symbol.asyncDispose]();
    await records[Symbol.asyncDispose]();
    db.close();
  };
  onTestFinished(close);

  return {
    db,
    outbox,
    records,
    canvasses,
    holds,
    retention,
    belief,
    audited,
    auditLog,
    passing,
    close,
    /** Ids of the detections that are here. */
    ids: () => db.prepare('SELECT id FROM detection ORDER BY id').pluck().all() as string[],
    setNow(ms: number) {
      nowMs = ms;
    },
    purges: () => audited.filter((entry) => entry.category === 'Purge'),
  };
}
