import { createHash } from 'node:crypto';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import type { Lane } from '../outbox/outbox.ts';
import type { TrackImage } from '../vision/tracking/track-report.ts';
import type { ImageRef } from './detection.ts';
import type { DetectionDraft } from './draft-detection.ts';
import type { ImageRow } from './image-rows.ts';
import type { StoreDetection, StoreHits } from './store-queue.ts';

/**
 * What a store changes, given the stored rows and the new version. Pure: the same rows and the same input give the same
 * plan. `records.ts` carries it out.
 */

const kinds = ['plate', 'ir', 'overview'] as const;

/** The stored state of a vehicle. `images` are those whose file exists, oldest first. */
export interface StoredVehicle {
  detection: { closed: boolean; hit: boolean } | undefined;
  images: readonly ImageRow[];
}

/** An image whose file is not on the disk yet. */
export interface NewPicture {
  kind: ImageRow['kind'];
  image: TrackImage;
  /** SHA-256 of the JPEG as the camera encoded it, hexadecimal. */
  sourceSha256: string;
}

/** The images that a store must write; none if it comes after the vehicle's last version. */
export function newPictures(
  { detection, images }: Pick<StoreDetection, 'detection' | 'images'>,
  stored: StoredVehicle,
): NewPicture[] {
  if (isLate(detection, stored)) return [];
  return kinds.flatMap((kind): NewPicture[] => {
    const image = images[kind];
    if (image === null) return [];
    const sourceSha256 = sha256(image.jpeg);
    const current = stored.images.find((row) => row.kind === kind && row.current);
    return current?.sourceSha256 === sourceSha256 ? [] : [{ kind, image, sourceSha256 }];
  });
}

/** The changes of one transaction to a vehicle's rows and to the outbox. */
export interface StorePlan {
  /** The vehicle's last version is already stored: hits are added, the detection stays as it is. */
  late: boolean;
  /** Whether the detection is a hit from now on. */
  hit: boolean;
  /** Whether the detection is sent to headquarters, if anything of it is new. */
  publish: boolean;
  /** Whether the images are sent to headquarters. */
  sendImages: boolean;
  /** The images that the detection shows from now on. */
  refs: ImageRef[];
  /** Rows that new images replace, as they are once the hits are stored. */
  replaced: ImageRow[];
}

/** Plans a store whose new images are written. */
export function planStore(
  { detection, hits, publish: asked = false }: Pick<StoreHits, 'detection' | 'hits' | 'publish'>,
  stored: StoredVehicle,
  written: readonly Pick<ImageRow, 'kind' | 'ref'>[],
): StorePlan {
  const late = isLate(detection, stored);
  const addsHits = hits.length > 0;
  const publish = !late && (asked || detection.closed);
  const current = stored.images.filter((row) => row.current);
  const shown = new Map([...current, ...written].map(({ kind, ref }) => [kind, ref]));
  return {
    late,
    hit: stored.detection?.hit === true || addsHits,
    publish,
    sendImages: publish || addsHits,
    refs: kinds.flatMap((kind) => shown.get(kind) ?? []),
    replaced: current
      .filter((row) => written.some(({ kind }) => kind === row.kind))
      .map((row) => ({ ...row, hit: row.hit || addsHits })),
  };
}

/**
 * The images to queue for headquarters, and their lane. A waiting one only moves to the lane of hits when its detection
 * becomes one; a delivered one is not sent again.
 */
export function imagesToQueue(
  rows: readonly ImageRow[],
  hit: boolean,
  sent: UplinkConfig['images'],
): { lane: Lane; rows: ImageRow[] } {
  const lane = hit ? 'hit-image' : 'image';
  if (sent === 'none' || (sent === 'hits' && !hit)) return { lane, rows: [] };
  return { lane, rows: rows.filter((row) => (row.announced ? row.waiting : row.current)) };
}

/** A detection as it is stored. */
export interface Word {
  /** The detection's JSON. */
  body: string;
  /** The newest revision sent to headquarters, including this one; 0 before the first. */
  announcedRevision: number;
  /** Whether this one must be sent to headquarters. */
  isSent: boolean;
}

/**
 * The next version of a detection. Its revision counts the versions sent to headquarters: a version that is stored but
 * not sent has the number of the next one, and an unchanged one is not sent again.
 */
export function nextWord(
  { draft, refs, publish }: { draft: DetectionDraft; refs: readonly ImageRef[]; publish: boolean },
  before: { body: string; announcedRevision: number } | undefined,
): Word {
  const announced = before?.announcedRevision ?? 0;
  const bodyOf = (revision: number): string => JSON.stringify({ ...draft, revision, images: refs });
  const isSame = before !== undefined && bodyOf(announced) === before.body;
  const revision = isSame ? announced : announced + 1;
  return {
    body: bodyOf(revision),
    announcedRevision: publish ? revision : announced,
    isSent: publish && !isSame,
  };
}

function isLate(draft: Pick<DetectionDraft, 'closed'>, { detection }: StoredVehicle): boolean {
  return detection?.closed === true && !draft.closed;
}

/** The SHA-256 of an image, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
