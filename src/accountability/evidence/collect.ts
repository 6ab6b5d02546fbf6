import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../platform/database.ts';
import type { Detection, Hit, ImageRef } from '../../records/detection.ts';
import { createImageFiles } from '../../records/image-files.ts';
import { createRecordReader } from '../../records/record-reader.ts';

/** An image of a package, or the reason why it is missing. */
export interface CollectedImage {
  ref: ImageRef;
  /** Its file; null if the unit no longer has it. */
  file: string | null;
  /** True if the detection shows this image now; earlier images of a hit are kept too. */
  current: boolean;
  absent: string | null;
}

/**
 * That an alert was raised, for another agency: its request covers reads of plates and places. What a hot list says of the
 * vehicle (reason, case, who entered it) belongs to whoever made the entry, who alone gives it.
 */
export interface ReleasedHit extends Pick<Hit, 'id' | 'detectionId' | 'raisedAt' | 'state'> {
  withheld: 'list and entry';
}

/** A detection with its hits and images. */
export interface CollectedDetection {
  detection: Detection;
  /** For another agency without what the list says. */
  hits: (Hit | ReleasedHit)[];
  images: CollectedImage[];
}

/** The requested detections, and those that are on this unit. */
export interface Collection {
  detections: CollectedDetection[];
  absent: string[];
}

/** Reads the records of a package from `lookout.db`. */
export function createCollector(deps: { db: Database; dataDir: string }) {
  const { db, dataDir } = deps;
  const files = createImageFiles(dataDir);
  const records = createRecordReader(db);

  const imagesOf = (id: string, named: readonly ImageRef[]): CollectedImage[] => {
    const kept = records.imagesOf(id).map(({ id: image, takenAtMs, ref, current, gone }) => {
      const file = files.pathOf(image, takenAtMs);
      if (gone) {
        return { ref, file: null, current, absent: 'removed to make room on the unit' };
      }
      const isThere = existsSync(join(dataDir, file));
      return {
        ref,
        current,
        file: isThere ? file : null,
        absent: isThere ? null : 'its file is missing on the unit',
      };
    });
    const ids = new Set(kept.map(({ ref }) => ref.id));
    const purged = named
      .filter((ref) => !ids.has(ref.id))
      .map((ref) => ({ ref, file: null, current: true, absent: 'its retention time is over' }));
    return [...kept, ...purged];
  };

  return {
    /** The detection of a hit; undefined if it is not on this unit. */
    detectionOfHit: (hitId: string): string | undefined => records.hit(hitId)?.detectionId,
    collect(ids: readonly string[]): Collection {
      const collection: Collection = { detections: [], absent: [] };
      for (const id of new Set(ids)) {
        const detection = records.detection(id);
        if (detection === undefined) {
          collection.absent.push(id);
          continue;
        }
        collection.detections.push({
          detection,
          hits: records.hitsOf(id),
          images: imagesOf(id, detection.images),
        });
      }
      collection.detections.sort((a, b) =>
        a.detection.firstSeen.localeCompare(b.detection.firstSeen),
      );
      return collection;
    },
  };
}
