import type { Alert, AlertPictures, RestoredAlert } from '../alerts/alert.ts';
import type { TrackImages } from '../vision/tracking/track-report.ts';
import type { ImageKind } from './alert-view.ts';

/** Alerts whose pictures are in memory: some 300 kB each. Older ones are on the disk by then. */
const mostInMemory = 40;

/** The pictures of the alerts on the board: the newest in memory, the others on the disk. */
export interface PictureStore {
  /** Keeps the pictures of an alert; what it lacks stays as it was. Returns the alert without them. */
  keep(alert: Alert, known: RestoredAlert | undefined): RestoredAlert;
  /** A JPEG file; null if there is none. */
  of(id: string, kind: ImageKind): Uint8Array | null;
  forget(id: string): void;
}

/** `onDisk`: a picture of a vehicle that is on the disk. */
export function createAlertPictures(
  onDisk: (id: string, kind: ImageKind) => Uint8Array | null,
): PictureStore {
  const inMemory = new Map<string, Pick<TrackImages, ImageKind>>();
  return {
    keep(alert, known) {
      const id = alert.hit.detectionId;
      const kept = inMemory.get(id);
      const { plate, ir, overview } = alert.images;
      inMemory.delete(id);
      inMemory.set(id, {
        plate: plate ?? kept?.plate ?? null,
        ir: ir ?? kept?.ir ?? null,
        overview: overview ?? kept?.overview ?? null,
      });
      for (const oldest of inMemory.keys()) {
        if (inMemory.size <= mostInMemory) break;
        inMemory.delete(oldest);
      }
      const plateBox = ir === null ? (known?.plateBox ?? null) : alert.plateBox;
      return { ...alert, images: withKnown(alert.images, known?.images), plateBox };
    },
    of: (id, kind) => inMemory.get(id)?.[kind]?.jpeg ?? onDisk(id, kind),
    forget: (id) => void inMemory.delete(id),
  };
}

const whenOf = (image: { takenAtMs: number } | null) =>
  image === null ? null : { takenAtMs: image.takenAtMs };

/** Which pictures there are, and for those that are missing the ones that are known. */
function withKnown(images: TrackImages, known: AlertPictures | undefined): AlertPictures {
  const overview = whenOf(images.overview) ?? known?.overview ?? null;
  return {
    plate: whenOf(images.plate) ?? known?.plate ?? null,
    ir: whenOf(images.ir) ?? known?.ir ?? null,
    overview,
    overviewMissing: overview === null ? images.overviewMissing : null,
  };
}
