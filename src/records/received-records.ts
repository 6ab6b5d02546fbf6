import type { Database } from '../platform/database.ts';
import type { Detection, Hit, ImageRef } from './detection.ts';
import { createDetectionRows } from './detection-rows.ts';
import { createImageFiles } from './image-files.ts';
import { createImageRows } from './image-rows.ts';
import { createPlateParts } from './plate-parts.ts';
import { possibleTexts } from './possible-texts.ts';
import { modeByFix, type SourceMode } from './source-mode.ts';

/** An image as a unit sent it; `ref` is of the file, which may be a smaller copy of the unit's. */
export interface ReceivedImage {
  detectionId: string;
  ref: ImageRef;
  /** The original on the unit, if this is a smaller copy, as the broker takes no message as large; else null. */
  reduced: Pick<ImageRef, 'width' | 'height' | 'bytes' | 'sha256'> | null;
}

/** What became of something that a unit sent. `foreign`: another unit's has this id, and stays as it is. */
export type Receipt = 'new' | 'repeat' | 'foreign';

/**
 * The records of units, as headquarters keeps them: of each detection and hit the newest revision. The methods are parts of
 * a transaction of the caller.
 */
export interface ReceivedRecords {
  detection(detection: Detection): Receipt;
  /** A hit may come before its detection, of which it says enough to be found and shown. */
  hit(hit: Hit): Receipt;
  /** The image's file is written before (`writeImage`). `no detection`: nothing was stored, its detection must come first. */
  image(image: ReceivedImage, unit: string): Receipt | 'no detection';
  hasImage(id: string): boolean;
  /** Removes the file of an image that has no row. */
  removeFile(ref: ImageRef): Promise<void>;
  /** Writes the file of an image; resolves once it is on the disk. */
  writeImage(image: ReceivedImage, jpeg: Uint8Array): Promise<void>;
  /**
   * Adds plates that were stored and are found by a slower look-up so far to the index of their parts, `atMost` of them in a
   * commit of its own. Returns how many; fewer than asked: none is left.
   */
  indexPlates(atMost: number): number;
  /** Removes files that a crash left without a row, but these; call it once at the start. */
  sweep(kept: readonly string[]): void;
}

/**
 * Opens them on a database that has the migrations of the records. `modeOf`: what a unit says that it is, a car or a pole;
 * where it has not said so, the place of its record does.
 */
export function createReceivedRecords(deps: {
  db: Database;
  dataDir: string;
  modeOf?: (unit: string) => SourceMode;
}): ReceivedRecords {
  const { db, dataDir, modeOf = () => null } = deps;
  const rows = createDetectionRows(db);
  const images = createImageRows(db, () => false);
  const files = createImageFiles(dataDir);
  const plateParts = createPlateParts(db);
  const isShown = db
    .prepare<[string, string], number>(
      `SELECT EXISTS (SELECT 1 FROM detection, json_each(body, '$.images') AS image
         WHERE detection.id = ? AND image.value ->> '$.id' = ?)`,
    )
    .pluck();

  /** Shows of a detection's images those that its newest revision names. */
  const showImages = (detection: Detection): void => {
    const shown = new Set(detection.images.map(({ id }) => id));
    for (const { id } of images.ofDetection(detection.id)) images.show(id, shown.has(id));
  };

  /** Whether what is known of a vehicle was sent by another unit than this one. */
  const isForeign = (detectionId: string, unit: string): boolean => {
    const known = rows.find(detectionId);
    return known !== undefined && known.unit !== unit;
  };

  const receive = (detection: Detection, revision: number): boolean =>
    rows.receive(detection, revision, modeOf(detection.unit) ?? modeByFix(detection.fix));

  /** Stores what is not known of yet. */
  const receiveFirst = (detection: Detection, revision: number): void => {
    if (detection.read !== null) plateParts.wait(detection.read.plate);
    receive(detection, revision);
  };

  return {
    detection(detection) {
      const known = rows.find(detection.id);
      if (known === undefined) {
        receiveFirst(detection, detection.revision);
        return 'new';
      }
      if (known.unit !== detection.unit) return 'foreign';
      if (!receive(detection, detection.revision)) return 'repeat';
      // No image is stored before what it is of.
      showImages(detection);
      return 'new';
    },
    hit(hit) {
      const before = rows.detectionOfHit(hit.id);
      if (before !== undefined && before !== hit.detectionId) return 'foreign';
      if (isForeign(hit.detectionId, hit.unit)) return 'foreign';
      if (rows.find(hit.detectionId) === undefined) receiveFirst(detectionOf(hit), 0);
      if (!rows.saveHit(hit)) return 'repeat';
      rows.markHit(hit.detectionId);
      images.ownByHit(hit.detectionId);
      return 'new';
    },
    image({ detectionId, ref, reduced }, unit) {
      const detection = rows.find(detectionId);
      if (detection === undefined) return 'no detection';
      if (detection.unit !== unit) return 'foreign';
      if (images.has(ref.id)) return 'repeat';
      images.insert({
        id: ref.id,
        detectionId,
        kind: ref.kind,
        takenAtMs: Date.parse(ref.takenAt),
        bytes: ref.bytes,
        sourceSha256: (reduced ?? ref).sha256,
        ref: reduced === null ? ref : { ...ref, reduced },
        hit: detection.hit,
      });
      images.show(ref.id, isShown.get(detectionId, ref.id) === 1);
      return 'new';
    },
    hasImage: images.has,
    removeFile: ({ id, takenAt }) => files.remove(id, Date.parse(takenAt)),
    writeImage: ({ ref }, jpeg) => files.write(ref.id, Date.parse(ref.takenAt), jpeg),
    indexPlates: plateParts.add,
    sweep: (kept) => void files.sweep(new Set([...images.kept().map(({ id }) => id), ...kept])),
  };
}

/** What a hit says of its detection. */
function detectionOf(hit: Hit): Detection {
  const at = new Date(hit.times.capturedAtMs).toISOString();
  return {
    id: hit.detectionId,
    revision: 1,
    agency: hit.agency,
    unit: hit.unit,
    head: hit.head,
    firstSeen: at,
    lastSeen: at,
    seenCount: hit.read.readCount,
    ...(hit.unread === true
      ? { read: null, unread: 'low_confidence', possible: possibleTexts(hit.read) }
      : { read: hit.read, unread: null }),
    readFrom: 'ir',
    motion: hit.motion,
    direction: hit.direction,
    fix: hit.fix,
    vehicle: { make: null, model: null, colour: null, body: null, identifiers: [] },
    images: [],
    overviewMissing: null,
    closed: false,
  };
}
