import { join } from 'node:path';
import { kindOf } from '../platform/problem.ts';
import { loadRegularFile, readRegularFile } from '../platform/regular-file.ts';
import { imagePathOf } from './image-files.ts';
import type { StoredImage } from './record-reader.ts';
import { sha256 } from './store-plan.ts';

/** Why a picture on record cannot be shown: its file is gone, or is not as it was stored, as one that was cut off. */
export type LostPicture = 'gone' | 'damaged';

type Stored = Pick<StoredImage, 'id' | 'takenAtMs' | 'ref' | 'gone'>;

// The name of the file is of the row, never of what somebody asks for.
const pathOf = (dataDir: string, { id, takenAtMs }: Stored): string =>
  join(dataDir, imagePathOf(id, takenAtMs));

const checked = (jpeg: Buffer, { ref }: Stored): Buffer | LostPicture =>
  sha256(jpeg) === ref.sha256 ? jpeg : 'damaged';

/** A picture's JPEG file, or why it is lost. Throws the system's error where the disk cannot be read. */
export async function loadPicture(dataDir: string, image: Stored): Promise<Buffer | LostPicture> {
  if (image.gone) return 'gone';
  try {
    return checked(await loadRegularFile(pathOf(dataDir, image)), image);
  } catch (error) {
    if (kindOf(error) === 'missing') return 'gone';
    throw error;
  }
}

/** The same at once, for the newest pictures of an alert; null where it is lost, or the disk cannot be read. */
export function readPicture(dataDir: string, image: Stored): Buffer | null {
  try {
    const jpeg = checked(readRegularFile(pathOf(dataDir, image)), image);
    return typeof jpeg === 'string' ? null : jpeg;
  } catch {
    return null;
  }
}
