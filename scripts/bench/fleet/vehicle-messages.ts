import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { OutboxMessage } from '../../../src/outbox/outbox.ts';
import type { Detection, Hit, ImageRef } from '../../../src/records/detection.ts';

/** A picture on the disk that all simulated vehicles share. */
export interface SharedPicture {
  kind: ImageRef['kind'];
  /** Relative to the data folder. */
  file: string;
  jpeg: Uint8Array;
  width: number;
  height: number;
}

/** A vehicle that passed: its messages as a unit queues them, in their usual sizes. */
export function vehicleMessages(of: {
  agency: string;
  unit: string;
  isHit: boolean;
  pictures: readonly SharedPicture[];
}): { detectionId: string; hitId: string | null; messages: OutboxMessage[] } {
  const { agency, unit, isHit, pictures } = of;
  const nowMs = Date.now();
  const at = new Date(nowMs).toISOString();
  const refs = pictures.map(({ kind, file, jpeg, width, height }) => ({
    file,
    ref: {
      ...{ id: uuidv7(), kind, takenAt: at, width, height, bytes: jpeg.length },
      sha256: createHash('sha256').update(jpeg).digest('hex'),
    } satisfies ImageRef,
  }));
  const detection = detectionOf({ agency, unit, nowMs, images: refs.map(({ ref }) => ref) });
  const messages: OutboxMessage[] = [];
  const hit = isHit ? hitOf(detection, nowMs) : null;
  if (hit !== null) {
    messages.push({ id: uuidv7(), lane: 'hit', topic: 'hit', json: JSON.stringify(hit) });
  }
  const json = JSON.stringify(detection);
  messages.push({ id: uuidv7(), lane: 'detection', topic: 'detection', json });
  for (const { file, ref } of refs) {
    messages.push({
      ...{ id: ref.id, lane: isHit ? 'hit-image' : 'image', topic: `image/${ref.id}` },
      ...{ json: JSON.stringify({ ...ref, detectionId: detection.id, hit: isHit }), file },
    });
  }
  return { detectionId: detection.id, hitId: hit?.id ?? null, messages };
}

function detectionOf(of: {
  agency: string;
  unit: string;
  nowMs: number;
  images: ImageRef[];
}): Detection {
  const { agency, unit, nowMs, images } = of;
  const plate = anyPlate();
  return {
    ...{ id: uuidv7(), revision: 1, agency, unit, head: 'front' },
    firstSeen: new Date(nowMs - 1500).toISOString(),
    lastSeen: new Date(nowMs).toISOString(),
    seenCount: 12,
    read: {
      plate,
      confidence: 0.98,
      state: { code: 'CA', p: 0.97 },
      readCount: 12,
      agreeCount: 11,
      characters: [...plate].map((char) => ({ char, p: 0.98 })),
      alternatives: [anyPlate(), anyPlate(), anyPlate()].map((other) => ({
        plate: other,
        p: 0.01,
      })),
    },
    ...{ unread: null, readFrom: 'ir', motion: 'approaching' },
    direction: { headingDeg: 272.1, source: 'own-course', reason: null },
    fix: {
      quality: 'fix-3d',
      latitude: 38.05 + Math.random() * 0.15,
      longitude: -122.3 + Math.random() * 0.15,
      ...{ altitudeM: 21, speedMps: 11, courseDeg: 92.1, hdop: 0.9, satellites: 10 },
      ...{ fixedAtMs: nowMs, ageMs: 80, simulated: false, source: 'nmea' },
    },
    vehicle: { make: null, model: null, colour: null, body: null, identifiers: [] },
    images,
    overviewMissing: null,
    closed: true,
  };
}

function hitOf(detection: Detection, nowMs: number): Hit {
  const { read, head, fix, direction, motion, agency, unit } = detection;
  if (read === null) throw new Error('a hit has a read');
  const at = new Date(nowMs).toISOString();
  return {
    ...{ id: uuidv7(), detectionId: detection.id, agency, unit, state: 'raised', revision: 1 },
    ...{ raisedAt: at, changedAt: at, read, head, fix, direction, motion },
    match: {
      tier: 'exact',
      entry: {
        ...{ id: read.plate, plate: read.plate, state: 'CA', plateType: null },
        ...{ category: 'stolen_vehicle', reason: 'Taken from a driveway', make: 'Honda' },
        ...{ model: 'Accord', colour: 'gray', year: '2019', caseNumber: '26-004417' },
        ...{ enteredBy: null, approvedBy: null, entryDate: null, expires: null },
      },
      list: {
        ...{ id: 'svs', name: 'State vehicle list', type: 'general', priority: 10 },
        ...{ asOf: at, ageS: 60, old: false },
      },
      differences: [],
      stateAgreement: 'agrees',
    },
    times: {
      ...{ capturedAtMs: nowMs - 40, foundAtMs: nowMs - 25, readAtMs: nowMs - 6 },
      ...{ matchedAtMs: nowMs - 5, raisedAtMs: nowMs },
    },
  };
}

/** A plate of California's present form. */
function anyPlate(): string {
  const any = (from: string) => from[Math.trunc(Math.random() * from.length)] ?? '';
  const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ';
  const digits = '0123456789';
  return `${any('6789')}${any(letters)}${any(letters)}${any(letters)}${any(digits)}${any(digits)}${any(digits)}`;
}
