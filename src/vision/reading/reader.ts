import type { Config } from '../../config/schema.ts';
import { systemClock } from '../../platform/clock.ts';
import { createThread } from '../../platform/thread-call.ts';
import type { GreyPicture } from './grey-picture.ts';
import type { ModelIdentity } from './manifest.ts';
import type { FoundPlate, FrameReading } from './plate-read.ts';
import type { Thinning } from './read-choice.ts';
import type { ReadingHandlers } from './reading-worker.ts';
import { rectifiedPlate } from './rectify.ts';

/** Finds and reads plates in its own worker thread. */
export interface Reader extends AsyncDisposable {
  /** Names and hashes of the models in use, detector first. */
  readonly models: readonly ModelIdentity[];
  /** Time since which the worker has been busy with one picture (ms since the epoch), or null. */
  readonly busySinceMs: number | null;
  /**
   * Reads one frame; the caller keeps the pixels. Only one at a time: a second call before the first has ended is
   * refused, because a caller that queued frames would read old ones (rule 2). `thorough` examines a large picture a
   * second time, enlarged: for stills, where time does not matter. `thinning` reads fewer plates than it finds.
   */
  read(
    frame: GreyPicture,
    options?: { thorough?: boolean; thinning?: Thinning | null },
  ): Promise<FrameReading>;
  /** Reads a picture of one plate alone, without searching for it. */
  readPlate(picture: GreyPicture): Promise<FoundPlate>;
  /** The plate cut out of its frame, rectified, at about its own size; on the calling thread (under 1 ms). */
  rectify(frame: GreyPicture, plate: FoundPlate): GreyPicture;
}

/** Starts the worker and loads the models; throws a Problem if a model is missing or has another hash. */
export async function createReader(config: Config['reading']): Promise<Reader> {
  const thread = createThread<ReadingHandlers>(new URL('./reading-worker.ts', import.meta.url), {
    name: 'reading',
    // onnxruntime 1.30 searches the process's command line with a regular expression that recurses for each character;
    // with some 290 file names it would overflow a worker's usual 4 MB.
    resourceLimits: { stackSizeMb: 128 },
    ended: 'the reading worker has ended',
  });
  let busySinceMs: number | null = null;

  let models: ModelIdentity[];
  try {
    models = await thread.call('open', config);
  } catch (error) {
    await thread[Symbol.asyncDispose]();
    throw error;
  }

  const whileBusy = async <Answer>(
    { grey, width, height }: GreyPicture,
    call: (copy: GreyPicture, transfer: ArrayBuffer[]) => Promise<Answer>,
  ): Promise<Answer> => {
    if (grey.length !== width * height || width < 1 || height < 1) {
      throw new Error(`a picture of ${grey.length} bytes is not ${width}×${height} grey`);
    }
    if (busySinceMs !== null) throw new Error('the reader is still busy with the previous picture');
    busySinceMs = systemClock();
    try {
      // A copy takes a tenth of a millisecond, and the caller keeps its frame for the images. It must be a real copy,
      // since it is transferred; `slice` of a Buffer would share the caller's memory.
      const copy = new Uint8Array(grey);
      return await call({ grey: copy, width, height }, [copy.buffer]);
    } finally {
      busySinceMs = null;
    }
  };

  return {
    models,
    get busySinceMs() {
      return busySinceMs;
    },
    read: (frame, { thorough = false, thinning = null } = {}) =>
      whileBusy(frame, (picture, transfer) =>
        thread.call('readFrame', { picture, thorough, thinning }, transfer),
      ),
    readPlate: (plate) =>
      whileBusy(plate, (picture, transfer) => thread.call('readPlate', picture, transfer)),
    rectify: (frame, plate) => rectifiedPlate(frame, plate.read.corners),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
