import { createHash } from 'node:crypto';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import type { Lane } from '../outbox/outbox.ts';
import type { TrackImage } from '../vision/tracking/track-report.ts';
import type { ImageRef } from './detection.ts';
import type { DetectionDraft } from './draft-detection.ts';
import type { ImageRow } from './image-rows.ts';
import type { StoreDetection, StoreHits } from './store-queue.ts';

/**
 * What a store changes, from what is stored and what is new. Pure: the same rows and the same word of a vehicle give
 * the same plan. `records.ts` carries it out.
 */

const kinds = ['plate', 'ir', 'overview'] as const;

/** What is stored of a vehicle. `images` are those whose file is there, oldest first. */
export interface StoredVehicle {
  detection: { closed: boolean; hit: boolean } | undefined;
  images: readonly ImageRow[];
}

/** A picture whose file is not on the disk. */
export interface NewPicture {
  kind: ImageRow['kind'];
  image: TrackImage;
  /** SHA-256 of the JPEG as the camera side encoded it, hexadecimal. */
  sourceSha256: string;
}

/** The pictures that a store must write. A word that comes after the vehicle's last one brings none. */
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

/** What one transaction does to a vehicle's rows and to the outbox. */
export interface StorePlan {
  /** The vehicle's last word is stored already: hits are added, the detection stays as it is. */
  late: boolean;
  /** Whether the detection is a hit from now on. */
  hit: boolean;
  /** Whether headquarters is told of the detection, if anything of it is new. */
  publish: boolean;
  /** Whether the pictures go to headquarters. */
  sendImages: boolean;
  /** The pictures that the detection shows from now on. */
  refs: ImageRef[];
  /** Rows whose place a new picture takes, as they are once the hits are stored. */
  replaced: ImageRow[];
}

/** Plans the store of a word whose new pictures are written. */
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
 * The pictures that are queued for headquarters, and in which lane. One that waits already only changes to the lane of
 * hits when its detection has become one; one that was delivered is not sent again.
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
  /** The newest revision that headquarters was told, this one included; 0 before the first. */
  announcedRevision: number;
  /** Whether headquarters is to be told this one. */
  told: boolean;
}

/**
 * The next word on a detection. Its revision counts the words that headquarters was told: what is stored but not told
 * carries the number of the next one, and what is the same as before is not told again.
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
    told: publish && !isSame,
  };
}

function isLate(draft: Pick<DetectionDraft, 'closed'>, { detection }: StoredVehicle): boolean {
  return detection?.closed === true && !draft.closed;
}

/** The hash of a picture, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
