import type { GreyPicture } from './grey-picture.ts';
import type { ModelIdentity } from './manifest.ts';
import type { FoundPlate, FrameReading } from './plate-read.ts';

/** To the reading worker; the pixels travel by transfer. */
export type ToReadingWorker =
  | { type: 'frame'; id: number; picture: GreyPicture; thorough: boolean }
  | { type: 'plate'; id: number; picture: GreyPicture };

/** From the reading worker: `ready` or `refused` once, then one answer a request. */
export type FromReadingWorker =
  | { type: 'ready'; models: ModelIdentity[] }
  | { type: 'refused'; problem: string }
  | { type: 'reading'; id: number; reading: FrameReading }
  | { type: 'plate'; id: number; plate: FoundPlate }
  | { type: 'failed'; id: number; problem: string };
