import type { Verification } from '../accountability/verification/verification.ts';
import type { AlertClass, RestoredAlert } from '../alerts/alert.ts';
import type { OpenAlert } from '../alerts/alert-desk.ts';
import { classify, rankOf } from '../alerts/classify.ts';
import { titleOf } from '../alerts/wording.ts';
import type { OpenAlerts } from '../console/board-hits.ts';
import type { Database } from '../platform/database.ts';
import type { Hit, ImageRef } from '../records/detection.ts';
import { createRecordReader } from '../records/record-reader.ts';
import { readPicture } from '../records/stored-picture.ts';

/** The open alerts of a unit, for the page and for the alert desk after a restart. */
export interface OpenAlertReader extends OpenAlerts {
  /** All of them, oldest first. */
  all(): OpenAlert[];
}

/**
 * Reads the alerts that wait for their disposition, one for each vehicle, with the times of the pictures that are still on
 * the disk.
 */
export function createOpenAlerts(deps: {
  db: Database;
  dataDir: string;
  verification: Pick<Verification, 'openVehicles' | 'isOpenHit'>;
  /** The line on every alert. */
  banner: string;
}): OpenAlertReader {
  const { db, dataDir, verification, banner } = deps;
  const records = createRecordReader(db);
  /** Classes by hit, so that no hit is parsed with every look; a hit that changes is looked at anew. */
  let classes = new Map<string, AlertClass>();

  /** The image that the detection shows now; null if its file is gone. */
  const imageOf = (id: string, kind: ImageRef['kind']) =>
    records
      .imagesOf(id)
      .findLast(({ ref, current, gone }) => ref.kind === kind && current && !gone) ?? null;

  const whenOf = (id: string, kind: ImageRef['kind']) => {
    const image = imageOf(id, kind);
    return image && { takenAtMs: image.takenAtMs };
  };

  const openAlert = (id: string): OpenAlert | null => {
    const hits = records
      .hitsOf(id)
      .filter((hit) => verification.isOpenHit(hit.id))
      .sort(urgentFirst);
    const [hit, ...others] = hits;
    if (hit === undefined) return null;
    const lastMs = Math.max(...hits.map(({ changedAt }) => Date.parse(changedAt)));
    return {
      hit,
      others,
      seen: { firstMs: hit.times.capturedAtMs, lastMs, frames: hit.read.readCount },
      images: {
        plate: whenOf(id, 'plate'),
        ir: whenOf(id, 'ir'),
        overview: whenOf(id, 'overview'),
        overviewMissing: records.detection(id)?.overviewMissing ?? null,
      },
    };
  };

  return {
    vehicles() {
      const known = classes;
      classes = new Map();
      const vehicles = new Map<string, ReturnType<OpenAlerts['vehicles']>[number]>();
      for (const { hitId, detectionId, changedAtMs } of verification.openVehicles()) {
        const key = `${hitId} ${changedAtMs}`;
        const hit = known.has(key) ? undefined : records.hit(hitId);
        const alertClass = known.get(key) ?? (hit && classify(hit.match));
        if (alertClass === undefined) continue;
        classes.set(key, alertClass);
        const other = vehicles.get(detectionId);
        const isMore = other === undefined || rankOf(alertClass) > rankOf(other.class);
        vehicles.set(detectionId, {
          id: detectionId,
          class: isMore ? alertClass : other.class,
          changedAtMs: Math.max(changedAtMs, other?.changedAtMs ?? 0),
          hitIds: [...(other?.hitIds ?? []), hitId],
        });
      }
      return [...vehicles.values()];
    },
    alert(id): RestoredAlert | null {
      const alert = openAlert(id);
      if (alert === null) return null;
      const { match } = alert.hit;
      const words = { class: classify(match), title: titleOf(match.entry.category), banner };
      return { ...alert, ...words, plateBox: null };
    },
    picture(id, kind) {
      const image = imageOf(id, kind);
      // Where it is lost its record says so elsewhere; the alert is shown without it.
      return image === null ? null : readPicture(dataDir, image);
    },
    all() {
      const ids = new Set(verification.openVehicles().map(({ detectionId }) => detectionId));
      return [...ids].reverse().flatMap((id) => openAlert(id) ?? []);
    },
  };
}

/** Of one class the one that was raised first, which was the best match. */
function urgentFirst(a: Hit, b: Hit): number {
  return rankOf(classify(b.match)) - rankOf(classify(a.match)) || (a.id < b.id ? -1 : 1);
}
