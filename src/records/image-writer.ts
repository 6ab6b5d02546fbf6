import { uuidv7 } from 'uuidv7';
import { isoTime } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { kindOf, messageOf } from '../platform/problem.ts';
import { withEvidence } from './evidence-exif.ts';
import type { ImageFiles } from './image-files.ts';
import type { ImageRow } from './image-rows.ts';
import { type NewPicture, sha256 } from './store-plan.ts';
import type { StoreDetection } from './store-queue.ts';

/** An image whose file is on the disk and whose row is not written yet. */
export type WrittenImage = Omit<ImageRow, 'current' | 'announced' | 'waiting' | 'hit'>;

/** Writes images that contain place, time and ids (CAP-7). */
export function createImageWriter(deps: {
  files: ImageFiles;
  /** Frees this many bytes if possible; called when the disk is full. */
  makeRoom: (bytes: number) => Promise<void>;
  log: Log;
}) {
  const { files, makeRoom, log } = deps;
  let failed = 0;

  const writeOnce = async (picture: NewPicture, input: StoreDetection): Promise<WrittenImage> => {
    const { kind, image, sourceSha256 } = picture;
    const { detection, cameraBearingDeg = null } = input;
    const { agency, unit, head, fix } = detection;
    const id = uuidv7();
    const takenAtMs = Math.floor(image.takenAtMs);
    const jpeg = withEvidence(image.jpeg, {
      imageId: id,
      detectionId: detection.id,
      kind,
      agency,
      unit,
      head,
      takenAtMs,
      fix,
      cameraBearingDeg,
      jpegSha256: sourceSha256,
    });
    await files.write(id, takenAtMs, jpeg);
    const bytes = jpeg.length;
    const { width, height } = image;
    const takenAt = isoTime(takenAtMs);
    const ref = { id, kind, takenAt, width, height, bytes, sha256: sha256(jpeg) };
    return { id, detectionId: detection.id, kind, takenAtMs, bytes, sourceSha256, ref };
  };

  return {
    /**
     * Writes one image; if the disk is full, again after freeing space. Null if it could not be written, which is
     * counted.
     */
    async write(picture: NewPicture, input: StoreDetection): Promise<WrittenImage | null> {
      const { kind, image } = picture;
      try {
        return await writeOnce(picture, input).catch(async (error: unknown) => {
          if (kindOf(error) !== 'disk-full') throw error;
          await makeRoom(image.jpeg.length * 4);
          return writeOnce(picture, input);
        });
      } catch (error) {
        // The record is stored even without its image.
        failed += 1;
        log.error(
          { err: messageOf(error), detection: input.detection.id, kind },
          'image not written',
        );
        return null;
      }
    },
    failed: (): number => failed,
  };
}
