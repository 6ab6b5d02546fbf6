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
  /** Frees this many bytes if possible, for a hit also from the reserve; called when the disk is full. */
  makeRoom: (bytes: number, forHit: boolean) => Promise<void>;
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

  /** Other writers take room too: a picture of a hit tries more often. */
  const writeWithRoom = async (
    picture: NewPicture,
    input: StoreDetection,
    isHit: boolean,
  ): Promise<WrittenImage> => {
    for (let attemptsLeft = isHit ? 3 : 1; ; attemptsLeft -= 1) {
      try {
        return await writeOnce(picture, input);
      } catch (error) {
        if (kindOf(error) !== 'disk-full' || attemptsLeft === 0) throw error;
        await makeRoom(picture.image.jpeg.length * 4, isHit);
      }
    }
  };

  return {
    /**
     * Writes one image; if the disk is full, again after freeing space. If it could not be written, it is counted, and
     * the reason is returned: `disk-full` may pass, `failed` may not.
     */
    async write(
      picture: NewPicture,
      input: StoreDetection,
      isHit: boolean,
    ): Promise<WrittenImage | 'disk-full' | 'failed'> {
      try {
        return await writeWithRoom(picture, input, isHit);
      } catch (error) {
        // The record is stored even without its image.
        failed += 1;
        const { kind } = picture;
        log.error(
          { problem: messageOf(error), detection: input.detection.id, kind },
          'image not written',
        );
        return kindOf(error) === 'disk-full' ? 'disk-full' : 'failed';
      }
    },
    failed: (): number => failed,
  };
}
