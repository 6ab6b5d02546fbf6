import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAlert } from '../alerts/alert-desk.ts';
import type { Database } from '../platform/database.ts';
import type { Hit } from '../records/detection.ts';
import { imagePathOf } from '../records/image-files.ts';
import { createRecordReader, type StoredImage } from '../records/record-reader.ts';
import type { TrackImage, TrackImages } from '../vision/tracking/track-report.ts';

/** Most alerts that are shown again after a start: as many as the page holds. */
export const mostOpenAlerts = 20;

/**
 * The alerts that were open when the unit stopped, oldest first, one for each vehicle, with the pictures that are still
 * on the disk.
 *
 * @param hits those that wait for their disposition, the newest first.
 */
export function openAlerts(
  hits: readonly Hit[],
  { db, dataDir }: { db: Database; dataDir: string },
): OpenAlert[] {
  const records = createRecordReader(db);
  const vehicles = new Map<string, Hit[]>();
  for (const hit of hits) {
    vehicles.set(hit.detectionId, [...(vehicles.get(hit.detectionId) ?? []), hit]);
  }
  return [...vehicles.values()].reverse().flatMap(([hit, ...others]): OpenAlert[] => {
    if (hit === undefined) return [];
    const detection = records.detection(hit.detectionId);
    const images = records.imagesOf(hit.detectionId);
    const firstMs = hit.times.capturedAtMs;
    return [
      {
        hit,
        others,
        seen: { firstMs, lastMs: Date.parse(hit.changedAt), frames: hit.read.readCount },
        images: {
          ...picturesOf(images, dataDir),
          overviewMissing: detection?.overviewMissing ?? null,
        },
      },
    ];
  });
}

function picturesOf(
  images: readonly StoredImage[],
  dataDir: string,
): Omit<TrackImages, 'overviewMissing'> {
  const pictureOf = (kind: StoredImage['ref']['kind']): TrackImage | null => {
    const image = images.findLast(
      ({ ref, current, gone }) => ref.kind === kind && current && !gone,
    );
    if (image === undefined) return null;
    const { width, height } = image.ref;
    try {
      const jpeg = readFileSync(join(dataDir, imagePathOf(image.id, image.takenAtMs)));
      return { jpeg: new Uint8Array(jpeg), width, height, takenAtMs: image.takenAtMs };
    } catch {
      // Its record says so elsewhere; the alert is shown without it.
      return null;
    }
  };
  return { plate: pictureOf('plate'), ir: pictureOf('ir'), overview: pictureOf('overview') };
}
