import type { Database } from '../platform/database.ts';
import type { Detection, Hit } from './detection.ts';
import { createDetectionIndex, type DetectionIndex, type Soon } from './detection-index.ts';
import { createRecordReader, type StoredImage } from './record-reader.ts';

/** Where past detections are looked up: `lookout.db`, the archive of headquarters, or both. */
export interface DetectionStore {
  readonly index: DetectionIndex;
  /** One detection in full, with its hits in the order in which they were raised. */
  opened(id: string): Soon<{ detection: Detection; hits: Hit[] } | null>;
  image(id: string): Soon<StoredImage | null>;
}

/** The store of `lookout.db`, on any connection to it. */
export function createOwnStore(db: Database) {
  const records = createRecordReader(db);
  return {
    index: createDetectionIndex(db),
    opened(id: string) {
      const detection = records.detection(id);
      return detection === undefined ? null : { detection, hits: records.hitsOf(id) };
    },
    image: (id: string) => records.image(id) ?? null,
  } satisfies DetectionStore;
}
