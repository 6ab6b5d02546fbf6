import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { uuidv7 } from 'uuidv7';
import type { Fix } from '../../src/position/fix.ts';
import { noFix as nothing } from '../../src/position/fix-keeper.ts';
import type { Hit } from '../../src/records/detection.ts';
import type { DetectionDraft } from '../../src/records/draft-detection.ts';
import type { TrackImage, TrackImages } from '../../src/vision/tracking/track-report.ts';

/** A fix as a patrol car has it, south and west so that signs matter. */
export const sampleFix: Fix = {
  quality: 'fix-3d',
  latitude: -33.8567844,
  longitude: -70.6482931,
  altitudeM: 571.25,
  speedMps: 12.5,
  courseDeg: 271.3,
  hdop: 0.9,
  satellites: 9,
  fixedAtMs: Date.UTC(2026, 2, 4, 23, 59, 59, 250),
  ageMs: 120,
  simulated: false,
  source: 'nmea',
};

/** The state of a unit without a fix. */
export const noFix: Fix = { ...nothing, source: 'none' };

const consensus = {
  plate: '8ABC123',
  confidence: 0.97,
  characters: [...'8ABC123'].map((char) => ({ char, p: 0.99 })),
  alternatives: [{ plate: 'BABC123', p: 0.02 }],
  state: { code: 'CA', p: 0.95 },
  readCount: 6,
  agreeCount: 5,
};

/** A detection that is still in view. */
export function sampleDetection(changes: Partial<DetectionDraft> = {}): DetectionDraft {
  return {
    id: uuidv7(),
    agency: 'test-pd',
    unit: 'unit-7',
    head: 'front',
    firstSeen: '2026-03-04T23:59:58.000Z',
    lastSeen: '2026-03-04T23:59:59.500Z',
    seenCount: 6,
    read: consensus,
    unread: null,
    readFrom: 'ir',
    motion: 'approaching',
    direction: { headingDeg: 91.3, source: 'own-course', reason: null },
    fix: sampleFix,
    vehicle: { make: null, model: null, colour: null, body: null, identifiers: [] },
    overviewMissing: null,
    closed: false,
    ...changes,
  };
}

/** A hit on that detection. */
export function sampleHit(detection: DetectionDraft, changes: Partial<Hit> = {}): Hit {
  const at = Date.UTC(2026, 2, 4, 23, 59, 59);
  return {
    id: uuidv7(),
    detectionId: detection.id,
    agency: detection.agency,
    unit: detection.unit,
    state: 'raised',
    revision: 1,
    raisedAt: new Date(at).toISOString(),
    changedAt: new Date(at).toISOString(),
    read: consensus,
    match: {
      tier: 'exact',
      entry: {
        id: 'svs-1',
        plate: '8ABC123',
        state: 'CA',
        plateType: null,
        category: 'stolen_vehicle',
        reason: 'Stolen vehicle',
        make: 'Subaru',
        model: null,
        colour: 'blue',
        year: null,
        caseNumber: '26-1',
        enteredBy: null,
        approvedBy: null,
        entryDate: null,
        expires: null,
      },
      list: {
        id: 'svs',
        name: 'Stolen vehicles',
        type: 'general',
        priority: 10,
        asOf: '2026-03-04T12:00:00.000Z',
        ageS: 43_199,
        old: false,
      },
      differences: [],
      stateAgreement: 'agrees',
    },
    times: {
      capturedAtMs: at - 150,
      foundAtMs: at - 100,
      readAtMs: at - 50,
      matchedAtMs: at - 49,
      raisedAtMs: at,
    },
    head: detection.head,
    fix: detection.fix,
    direction: detection.direction,
    motion: detection.motion,
    ...changes,
  };
}

const takenAtMs = Date.UTC(2026, 2, 4, 23, 59, 59, 87);

/** A real JPEG, different for each `seed`; `bytes` roughly sets its size. */
export async function sampleJpeg(seed: number, bytes = 4000): Promise<Uint8Array> {
  const side = Math.max(16, Math.round(Math.sqrt(bytes)));
  // Noise hardly compresses, so the size follows the area.
  const pixels = Buffer.alloc(side * side);
  let block = Buffer.from(String(seed));
  for (let at = 0; at < pixels.length; at += 32) {
    block = createHash('sha256').update(block).digest();
    block.copy(pixels, at);
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

export async function sampleImage(seed: number, bytes?: number): Promise<TrackImage> {
  const jpeg = await sampleJpeg(seed, bytes);
  const { width, height } = await sharp(jpeg).metadata();
  return { jpeg, width, height, takenAtMs: takenAtMs + seed };
}

/** All three pictures of a vehicle. */
export async function sampleImages(seed: number, bytes?: number): Promise<TrackImages> {
  const [plate, ir, overview] = await Promise.all([
    sampleImage(seed * 3, bytes),
    sampleImage(seed * 3 + 1, bytes),
    sampleImage(seed * 3 + 2, bytes),
  ]);
  return { plate, ir, overview, overviewMissing: null };
}

export const noImages: TrackImages = {
  plate: null,
  ir: null,
  overview: null,
  overviewMissing: 'not_fitted',
};
